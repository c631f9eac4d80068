"""The stand-in platform's HTTP side: the part of LINE's API (and data API) that the shop uses.

Both of LINE's hosts are answered under one prefix, since their paths do not clash. What is not
here answers 404, as an endpoint LINE does not have.
"""

import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader

from bot.simulator.files import FileKind, grey_preview
from bot.simulator.platform import Platform
from bot.simulator.refusals import Fault, LineRefusal, check_messages

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
_MOST_BYTES = 2 * 1024 * 1024
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _LineRoute(APIRoute):
    """Gives every answer its request id, and refusals LINE's shape."""

    def get_route_handler(self) -> _Handler:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            request.state.request_id = str(uuid.uuid4())
            try:
                response = await handle(request)
            except LineRefusal as refusal:
                response = JSONResponse(refusal.answer, refusal.status, headers=refusal.headers)
            response.headers["x-line-request-id"] = request.state.request_id
            return response

        return answer


def router(platform: Platform) -> APIRouter:
    """LINE's API for one channel, without a prefix of its own."""
    made = APIRouter(route_class=_LineRoute, include_in_schema=False)
    _add_sending(made, platform)
    _add_channel(made, platform)
    _add_content(made, platform)
    _add_menus(made, platform)
    _add_menu_links(made, platform)
    return made


def _add_sending(made: APIRouter, platform: Platform) -> None:
    @made.post("/v2/bot/message/reply")
    async def reply(request: Request) -> Response:
        body = await _json(request, platform)
        key, request_id = _retry_key(request), request.state.request_id
        return JSONResponse(platform.reply(body, retry_key=key, request_id=request_id))

    @made.post("/v2/bot/message/push")
    async def push(request: Request) -> Response:
        body = await _json(request, platform)
        key, request_id = _retry_key(request), request.state.request_id
        return JSONResponse(platform.push(body, retry_key=key, request_id=request_id))

    @made.post("/v2/bot/message/validate/reply")
    @made.post("/v2/bot/message/validate/push")
    async def validate(request: Request) -> Response:
        check_messages((await _json(request, platform)).get("messages"))
        return JSONResponse({})

    @made.post("/v2/bot/chat/loading/start")
    async def start_loading(request: Request) -> Response:
        platform.show_loading(await _json(request, platform))
        return JSONResponse({}, 202)

    @made.post("/v2/bot/chat/markAsRead")
    async def mark_as_read(request: Request) -> Response:
        # The stand-in's account reads by itself, so the token only has to be there.
        if not (await _json(request, platform)).get("markAsReadToken"):
            fault = Fault("May not be empty", "markAsReadToken")
            raise LineRefusal(400, "The request body has 1 error(s)", faults=(fault,))
        return JSONResponse({})


def _add_channel(made: APIRouter, platform: Platform) -> None:
    @made.post("/oauth2/v3/token")
    async def mint_token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        return JSONResponse(platform.access.mint(form))

    @made.get("/v2/bot/info")
    async def info(request: Request) -> Response:
        _authorized(request, platform)
        return JSONResponse(
            {
                "userId": platform.shop_user_id,
                "basicId": "@akashi",
                "displayName": platform.shop_name,
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    @made.get("/v2/bot/message/quota")
    async def quota(request: Request) -> Response:
        _authorized(request, platform)
        return JSONResponse({"type": "limited", "value": platform.quota.limit})

    @made.get("/v2/bot/message/quota/consumption")
    async def consumption(request: Request) -> Response:
        _authorized(request, platform)
        return JSONResponse({"totalUsage": platform.quota.used_in(platform.clock())})

    @made.get("/v2/bot/profile/{user_id}")
    async def profile(request: Request, user_id: str) -> Response:
        _authorized(request, platform)
        known = {persona.user_id: persona for persona in platform.people}
        persona = known.get(user_id)
        if persona is None or platform.talk(persona.key).is_blocked:
            raise LineRefusal(404, "Not found")
        held = {"userId": user_id, "displayName": persona.name, "language": persona.language}
        return JSONResponse(held)

    @made.post("/v2/bot/user/{user_id}/linkToken")
    async def link_token(request: Request, user_id: str) -> Response:
        _authorized(request, platform)
        return JSONResponse({"linkToken": platform.links.token(platform.by_user_id(user_id))})

    @made.get("/dialog/bot/accountLink")
    async def link_dialog(
        link: Annotated[str, Query(alias="linkToken")] = "", nonce: str = ""
    ) -> Response:
        held = {"token": link, "nonce": nonce, "who": platform.links.holder(link)}
        return _dialog_page("link_dialog.html", held)

    @made.post("/dialog/bot/accountLink")
    async def press_link(request: Request) -> Response:
        told = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        is_linked = platform.press_link(told.get("linkToken", ""), told.get("nonce", ""))
        return _dialog_page("link_done.html", {"is_linked": is_linked})

    @made.get("/v2/bot/channel/webhook/endpoint")
    async def webhook(request: Request) -> Response:
        _authorized(request, platform)
        return JSONResponse({"endpoint": platform.webhook_endpoint, "active": True})

    @made.put("/v2/bot/channel/webhook/endpoint")
    async def set_webhook(request: Request) -> Response:
        endpoint = (await _json(request, platform)).get("endpoint")
        if not isinstance(endpoint, str) or not endpoint.startswith("https://"):
            fault = Fault("Must be a valid HTTPS URL", "endpoint")
            raise LineRefusal(400, "The request body has 1 error(s)", faults=(fault,))
        platform.set_webhook(endpoint)
        return JSONResponse({})

    @made.post("/v2/bot/channel/webhook/test")
    async def test_webhook(request: Request) -> Response:
        _authorized(request, platform)
        body = await _json(request, platform) if await request.body() else {}
        return JSONResponse(await platform.test_webhook(body.get("endpoint")))


def _add_content(made: APIRouter, platform: Platform) -> None:
    @made.get("/v2/bot/message/{message_id}/content")
    async def content(request: Request, message_id: str) -> Response:
        _authorized(request, platform)
        kept = platform.files.find(message_id)
        if not platform.files.is_ready(kept):
            return Response(status_code=202)
        return Response(kept.content, media_type=kept.content_type)

    @made.get("/v2/bot/message/{message_id}/content/transcoding")
    async def transcoding(request: Request, message_id: str) -> Response:
        _authorized(request, platform)
        kept = platform.files.find(message_id)
        if kept.kind not in (FileKind.VIDEO, FileKind.AUDIO):
            raise LineRefusal(400, "The message is neither a video nor an audio message")
        is_ready = platform.files.is_ready(kept)
        return JSONResponse({"status": "succeeded" if is_ready else "processing"})

    @made.get("/v2/bot/message/{message_id}/content/preview")
    async def preview(request: Request, message_id: str) -> Response:
        _authorized(request, platform)
        kept = platform.files.find(message_id)
        match kept.kind:
            case FileKind.IMAGE:
                return Response(kept.content, media_type=kept.content_type)
            case FileKind.VIDEO:
                return Response(grey_preview(), media_type="image/png")
            case _:
                raise LineRefusal(404, "Not found")


def _add_menus(made: APIRouter, platform: Platform) -> None:
    menus = platform.menus

    @made.post("/v2/bot/richmenu")
    async def create_menu(request: Request) -> Response:
        menu = menus.create(await _json(request, platform))
        return JSONResponse({"richMenuId": menu.id})

    @made.get("/v2/bot/richmenu/list")
    async def list_menus(request: Request) -> Response:
        _authorized(request, platform)
        return JSONResponse({"richmenus": [menu.answer() for menu in menus.by_id.values()]})

    @made.get("/v2/bot/richmenu/{menu_id}")
    async def one_menu(request: Request, menu_id: str) -> Response:
        _authorized(request, platform)
        return JSONResponse(menus.find(menu_id).answer())

    @made.delete("/v2/bot/richmenu/{menu_id}")
    async def remove_menu(request: Request, menu_id: str) -> Response:
        _authorized(request, platform)
        menus.remove(menu_id)
        platform.menus_changed()
        return JSONResponse({})

    @made.post("/v2/bot/richmenu/{menu_id}/content")
    async def put_picture(request: Request, menu_id: str) -> Response:
        _authorized(request, platform)
        menus.put_picture(menu_id, await request.body(), request.headers.get("content-type", ""))
        return JSONResponse({})

    @made.get("/v2/bot/richmenu/{menu_id}/content")
    async def picture(request: Request, menu_id: str) -> Response:
        _authorized(request, platform)
        menu = menus.find(menu_id)
        if menu.picture is None:
            raise LineRefusal(404, "Not found")
        return Response(menu.picture, media_type=menu.content_type)


def _add_menu_links(made: APIRouter, platform: Platform) -> None:
    menus = platform.menus

    @made.post("/v2/bot/user/all/richmenu/{menu_id}")
    async def make_default(request: Request, menu_id: str) -> Response:
        _authorized(request, platform)
        menus.make_default(menu_id)
        platform.menus_changed()
        return JSONResponse({})

    @made.get("/v2/bot/user/all/richmenu")
    async def default_menu(request: Request) -> Response:
        _authorized(request, platform)
        if menus.default is None:
            raise LineRefusal(404, "no default richmenu")
        return JSONResponse({"richMenuId": menus.default})

    @made.delete("/v2/bot/user/all/richmenu")
    async def no_default(request: Request) -> Response:
        _authorized(request, platform)
        menus.default = None
        platform.menus_changed()
        return JSONResponse({})

    @made.post("/v2/bot/user/{user_id}/richmenu/{menu_id}")
    async def link_menu(request: Request, user_id: str, menu_id: str) -> Response:
        _authorized(request, platform)
        menus.link(platform.by_user_id(user_id, field="userId").persona.user_id, menu_id)
        platform.menus_changed()
        return JSONResponse({})

    @made.get("/v2/bot/user/{user_id}/richmenu")
    async def menu_of_person(request: Request, user_id: str) -> Response:
        _authorized(request, platform)
        if user_id not in menus.of_person:
            raise LineRefusal(404, "the user has no richmenu")
        return JSONResponse({"richMenuId": menus.of_person[user_id]})

    @made.delete("/v2/bot/user/{user_id}/richmenu")
    async def unlink_menu(request: Request, user_id: str) -> Response:
        _authorized(request, platform)
        menus.of_person.pop(user_id, None)
        platform.menus_changed()
        return JSONResponse({})

    @made.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "DELETE"])
    async def nothing_here(rest: str) -> Response:
        raise LineRefusal(404, "Not found")


def _dialog_page(name: str, held: dict[str, Any]) -> Response:
    """A page of the platform itself, as the person sees it on the phone."""
    policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"
    text = _TEMPLATES.get_template(name).render(held)
    return HTMLResponse(
        text, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    )


def _authorized(request: Request, platform: Platform) -> None:
    platform.access.check(request.headers.get("authorization"))


def _retry_key(request: Request) -> str | None:
    return request.headers.get("x-line-retry-key")


async def _json(request: Request, platform: Platform) -> dict[str, Any]:
    """The body of an authorized request. Raises LineRefusal (401, 413, 415, 400)."""
    _authorized(request, platform)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise LineRefusal(415, "Unsupported Media Type")
    body = await request.body()
    if len(body) > _MOST_BYTES:
        raise LineRefusal(413, "Request Entity Too Large")
    try:
        held = await request.json()
    except ValueError:
        raise LineRefusal(400, "The request body could not be parsed as JSON") from None
    if not isinstance(held, dict):
        raise LineRefusal(400, "The request body could not be parsed as JSON")
    return held
