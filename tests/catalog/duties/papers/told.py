"""One of each paper, with every field filled."""

from dataclasses import replace
from datetime import date

from catalog.duties.ledger.queries import Counterparty, LedgerLine
from catalog.duties.papers.facts import (
    Dealer,
    Deposit,
    Facts,
    LedgerSheet,
    Paper,
    Party,
    Payment,
    PaymentNotice,
    Piece,
    PrepaidNotice,
    Purchase,
    Sale,
    VisitPurchase,
)

DEALER = Dealer(
    name="株式会社あかし商会",
    address="東京都中央区銀座9-9-9 あかしビル3階",
    authority="東京都公安委員会",
    licence_no="301000000001",
    representative="明石 一郎",
    phone="03-1234-5678",
    email="shop@example.invalid",
    seller_number="T7000012050002",
    complaints="お客様相談室 03-1234-5679",
)
PARTY = Party("髙橋 花子", "東京都港区南青山1-2-3", "090-1111-2222", "C-0042")
PIECE = Piece(
    code="W-10234",
    kind="時計",
    title="ロレックス コスモグラフ デイトナ 116500LN",
    serial="7X12345",
    accessories="箱・保証書",
    condition="A ラグに小傷",
    quantity=1,
    amount=2_480_000,
)
PAYMENT = Payment("銀行振込", 2_480_000, date(2026, 11, 24), "みずほ銀行 銀座支店 普通 ***4567")
_PURCHASE = Purchase(
    dealer=DEALER,
    number="B-0007",
    concluded_on=date(2026, 11, 22),
    customer=PARTY,
    pieces=[PIECE, Piece("B-200", "バッグ", "バーキン30", amount=0)],
    total=2_480_000,
    payments=[PAYMENT],
    channel="宅配",
    staff="佐藤",
    identity_method="公的個人認証による電子署名",
    seller_is_registered=True,
    seller_number="T7000012050002",
    note="付属品は後日お送りいただきます",
)
_LINE = LedgerLine(
    number=41,
    entered_on=date(2026, 11, 22),
    direction="受入",
    kind="買受け",
    code="W-10234",
    item_kind="時計",
    quantity=1,
    features="Rolex Daytona 116500LN 7X12345 黒文字盤 裏蓋に刻印",
    price=2_480_000,
    counterparty=Counterparty("髙橋 花子", "東京都港区南青山1-2-3", "会社員", 41),
    method="身分証の写し、転送不要の簡易書留等の到達及び本人名義口座への振込",
    about="case:01KB0000000000000000000000",
    is_by_law=True,
    corrects=40,
    corrected_by=42,
    reason="桁の誤り",
    keep_through=date(2029, 11, 22),
)

TOLD: dict[Paper, Facts] = {
    Paper.LEDGER: LedgerSheet(
        DEALER, date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1), [_LINE] * 40
    ),
    Paper.DEPOSIT_RECEIPT: Deposit(
        dealer=DEALER,
        number="K-0003",
        issued_on=date(2026, 11, 22),
        customer=PARTY,
        pieces=[replace(PIECE, amount=None)],
        purpose="査定",
        channel="持込",
        staff="佐藤",
        unwanted="当店の費用でご返送",
        note="革ベルト付き",
    ),
    Paper.PURCHASE_STATEMENT: _PURCHASE,
    Paper.PURCHASE_ACCEPTANCE: _PURCHASE,
    Paper.PAYMENT_NOTICE: PaymentNotice(
        dealer=DEALER,
        number="P-0009",
        issued_on=date(2026, 11, 22),
        customer=PARTY,
        sales=[
            Sale(
                code="W-10234",
                title="ロレックス デイトナ",
                sold_on=date(2026, 11, 10),
                price=2_480_000,
                rate=9_000,
                commission=248_000,
                commission_tax=22_545,
                payout=2_232_000,
                contract_no="CT-0001",
            )
        ],
        total=2_232_000,
        payments=[Payment("銀行振込", 2_232_000, date(2026, 11, 24), "***4567")],
        seller_number="T7000012050002",
        note="ありがとうございました",
    ),
    Paper.VISIT_DOCUMENT: VisitPurchase(
        dealer=DEALER,
        number="V-0001",
        concluded_on=date(2026, 11, 22),
        customer=PARTY,
        pieces=[PIECE],
        total=2_480_000,
        payments=[PAYMENT],
        staff="佐藤 次郎",
        staff_licence_no="行-0012",
        place="お客様のご自宅",
        handed_over="2026年11月30日にご自宅で引渡し",
        terms="書類は後日",
    ),
    Paper.PREPAID_NOTICE: PrepaidNotice(
        dealer=DEALER,
        lives=(("返品による付与", 180), ("買取代金による付与", None)),
        scope="店頭とオンライン",
        limit="上限なし",
        balance_at="チャットで",
        conditions="お一人様一口座",
    ),
}
