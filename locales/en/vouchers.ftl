# What members paid with points and the brand still owes.
vouchers-lead = What members have paid with points and has not been handed over yet.
vouchers-none = Nothing waits to be handed over.
vouchers-kind = { $kind ->
    [product] Product
    [voucher] Voucher
    [experience] Experience
    [donation] Donation
    [invoice_credit] Credit on an invoice
   *[other] Reward
}
vouchers-waiting = { $n ->
    [one] 1 waits
   *[other] { $number } wait
}
vouchers-since = since { $at }
vouchers-to = { $to } receives it.
vouchers-paid-here = While it waits, the member can undo it and gets the points back. When you have paid it, mark it: from then on it is final.
vouchers-at-the-till = It is handed over at the till or at the door, by reading the member's code.
vouchers-hand-over = Hand over
vouchers-reference = Reference of the payment
vouchers-reference-hint = For example the number of the transfer or of the invoice. It is written with each redemption.
vouchers-mark = Mark as handed over
vouchers-more = And { $n } more, the next in time.
vouchers-nobody = No member
