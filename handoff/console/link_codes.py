"""The code that links a chat to a customer (会員連携の番号), for staff to tell where no mail goes.

POST /console/tasks/{task}/code     a code, shown this once; the task is done
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlmodel import Session

from catalog.customers import linking
from catalog.customers import queries as customers
from catalog.ground.record import CustomerId
from handoff.console.door import checked
from handoff.console.naming import names_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import codes, tasks
from handoff.desk.tasks import TaskMissing
from handoff.staff import masking
from handoff.staff.permissions import Act

Number = Annotated[int, Path(ge=0, le=2**62)]


def add(made: APIRouter, office: Office) -> None:
    """The address of a code."""

    @made.post("/tasks/{task}/code")
    async def code(request: Request, task: Number) -> Response:
        visit, _ = await checked(office, request, Act.EDIT_CUSTOMER)
        secret, actor = office.link_secret, visit.session.actor
        if secret is None:
            raise TaskMissing("no code can be made without a data key")

        def unit(db: Session) -> dict[str, Any]:
            issued = codes.tell(db, task, secret, actor, now=visit.now)
            about = tasks.of_id(db, task).about
            phone = customers.phone_of(db, CustomerId(about.partition(":")[2]))
            return {
                "code": issued.code,
                "who": names_of(db, [about])[about],
                "email": masking.email(issued.email, actor),
                "phone": masking.phone(phone, actor),
            }

        told = await office.units.write(unit)
        limits = {
            "minutes": int(linking.CODE_LIFE.total_seconds() // 60), "tries": linking.TRIES,
            "task": task,
        }  # fmt: skip
        return page("link_code", visit.lang, {"visit": visit, **told, **limits})
