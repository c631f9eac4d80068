"""The ways to check an identity, with the evidence each needs and the days it may be used
(本人確認の方法・取引時確認).

A plain copy of a document is not enough when nobody stands at the counter; each method says what
makes up for it. Data and pure decisions only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from catalog.duties.rules import Channel
from catalog.duties.terms import DutyTerms


class Evidence(StrEnum):
    """One thing seen, received or delivered."""

    DOCUMENT_SHOWN = "document_shown"  # the original, at the counter or at the door
    ELECTRONIC_SIGNATURE = "electronic_signature"
    SEAL_CERTIFICATE = "seal_certificate"  # 印鑑登録証明書
    SEALED_FORM = "sealed_form"
    ADDRESSEE_ONLY_DELIVERED = "addressee_only_delivered"  # 本人限定受取郵便
    ADDRESSEE_ONLY_PAYMENT = "addressee_only_payment"
    RESIDENCE_RECORD = "residence_record"  # 住民票の写し等
    NO_FORWARD_MAIL_DELIVERED = "no_forward_mail_delivered"  # 転送不要簡易書留
    OWN_NAME_ACCOUNT = "own_name_account"
    ID_COPY = "id_copy"
    SECOND_ID_COPY = "second_id_copy"
    SUPPLEMENTARY_DOCUMENT = "supplementary_document"  # not older than six months
    FACE_IMAGE = "face_image"
    ID_IMAGE_BY_APP = "id_image_by_app"
    IC_CHIP = "ic_chip"
    JPKI_SIGNATURE = "jpki_signature"  # 公的個人認証
    LOGIN = "login"
    EARLIER_CHECK = "earlier_check"


class Method(StrEnum):
    """How somebody was checked."""

    FACE_TO_FACE = "face_to_face"
    SIGNED_MAIL = "signed_mail"
    SEAL_CERTIFICATE = "seal_certificate"
    ADDRESSEE_ONLY_MAIL = "addressee_only_mail"
    ADDRESSEE_ONLY_PAYMENT = "addressee_only_payment"
    RESIDENCE_RECORD_AND_MAIL = "residence_record_and_mail"
    RESIDENCE_RECORD_AND_ACCOUNT = "residence_record_and_account"
    ID_COPY_MAIL_AND_ACCOUNT = "id_copy_mail_and_account"
    TWO_DOCUMENTS_AND_MAIL = "two_documents_and_mail"
    FACE_AND_ID_IMAGE = "face_and_id_image"
    FACE_AND_IC_CHIP = "face_and_ic_chip"
    JPKI = "jpki"
    LOGIN_OF_KNOWN_SELLER = "login_of_known_seller"


# Pictures: each counts by the hash of what was sent, words or a number never stand for it.
IMAGES = frozenset(
    {Evidence.ID_COPY, Evidence.SECOND_ID_COPY, Evidence.FACE_IMAGE, Evidence.ID_IMAGE_BY_APP}
)
# Those of a document, of which something may be shown that is not kept (PII-1).
OF_DOCUMENT = IMAGES - {Evidence.FACE_IMAGE}


@dataclass(frozen=True, slots=True)
class MethodRule:
    """`needs`: of each group at least one. `rests_on_images`: on pictures of a document, which end
    with `kob.image_checks_through` (AML-1).
    """

    told: str
    needs: tuple[frozenset[Evidence], ...]
    valid_from: date | None = None
    rests_on_images: bool = False


def _rule(told: str, *needs: Evidence | frozenset[Evidence], **more: Any) -> MethodRule:
    groups = tuple(each if isinstance(each, frozenset) else frozenset({each}) for each in needs)
    return MethodRule(told, groups, **more)


_E = Evidence
METHODS: Mapping[Method, MethodRule] = {
    Method.FACE_TO_FACE: _rule("対面での本人確認書類の提示", _E.DOCUMENT_SHOWN),
    Method.SIGNED_MAIL: _rule("電子署名を行ったメール", _E.ELECTRONIC_SIGNATURE),
    Method.SEAL_CERTIFICATE: _rule(
        "印鑑登録証明書及び登録印を押印した書面", _E.SEAL_CERTIFICATE, _E.SEALED_FORM
    ),
    Method.ADDRESSEE_ONLY_MAIL: _rule("本人限定受取郵便等の到達", _E.ADDRESSEE_ONLY_DELIVERED),
    Method.ADDRESSEE_ONLY_PAYMENT: _rule(
        "本人限定受取郵便等による代金の送付", _E.ADDRESSEE_ONLY_PAYMENT
    ),
    Method.RESIDENCE_RECORD_AND_MAIL: _rule(
        "住民票の写し等及び転送不要の簡易書留等の到達",
        _E.RESIDENCE_RECORD,
        _E.NO_FORWARD_MAIL_DELIVERED,
    ),
    Method.RESIDENCE_RECORD_AND_ACCOUNT: _rule(
        "住民票の写し等及び本人名義口座への振込", _E.RESIDENCE_RECORD, _E.OWN_NAME_ACCOUNT
    ),
    Method.ID_COPY_MAIL_AND_ACCOUNT: _rule(
        "身分証の写し、転送不要の簡易書留等の到達及び本人名義口座への振込",
        _E.ID_COPY,
        _E.NO_FORWARD_MAIL_DELIVERED,
        _E.OWN_NAME_ACCOUNT,
        rests_on_images=True,
    ),
    Method.TWO_DOCUMENTS_AND_MAIL: _rule(
        "二種の身分証等の写し及び転送不要の簡易書留等の到達",
        _E.ID_COPY,
        frozenset({_E.SECOND_ID_COPY, _E.SUPPLEMENTARY_DOCUMENT}),
        _E.NO_FORWARD_MAIL_DELIVERED,
        valid_from=date(2018, 10, 24),
        rests_on_images=True,
    ),
    Method.FACE_AND_ID_IMAGE: _rule(
        "専用ソフトによる容貌及び身分証の画像",
        _E.FACE_IMAGE,
        _E.ID_IMAGE_BY_APP,
        valid_from=date(2018, 10, 24),
        rests_on_images=True,
    ),
    Method.FACE_AND_IC_CHIP: _rule(
        "専用ソフトによる容貌の画像及びICチップ情報",
        _E.FACE_IMAGE,
        _E.IC_CHIP,
        valid_from=date(2018, 10, 24),
    ),
    Method.JPKI: _rule("公的個人認証による電子署名", _E.JPKI_SIGNATURE),
    Method.LOGIN_OF_KNOWN_SELLER: _rule(
        "確認済みの方のID・パスワードによる確認", _E.LOGIN, _E.EARLIER_CHECK
    ),
}
# What the courier kit is made for: pictures of a document, a code by registered mail that is not
# forwarded and comes back by chat, and the account in the seller's own name.
COURIER_KIT = Method.ID_COPY_MAIL_AND_ACCOUNT


def valid_through(terms: DutyTerms, method: Method) -> date:
    """The last day a check by that method serves (AML-1); `date.max` while no end is known."""
    return terms.image_checks_through if METHODS[method].rests_on_images else date.max


def is_in_force(terms: DutyTerms, method: Method, day: date) -> bool:
    """Whether the method may be used on that day (KOB-1, AML-1)."""
    begins = METHODS[method].valid_from or date.min
    return begins <= day <= valid_through(terms, method)


def missing_evidence(method: Method, held: Collection[Evidence]) -> list[frozenset[Evidence]]:
    """The groups of which nothing is there yet; any one of a group will do (KOB-1)."""
    return [group for group in METHODS[method].needs if not group & {*held}]


def serves(method: Method, channel: Channel) -> bool:
    """Whether the method fits the way goods come in: by courier nobody stands at the counter; at
    the counter and at home the document is shown (KOB-1).
    """
    return (method is Method.FACE_TO_FACE) == (channel is not Channel.MAIL_IN)
