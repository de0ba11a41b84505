# Redeem, confirm and undo.
redemptions-title = My redemptions
redemptions-none = None yet.
redemptions-back = My redemptions
redemptions-state = { $state ->
    [reserved] To be confirmed
    [captured] Redeemed
    [cancelled] Undone
    [lapsed] The time to confirm ran out
   *[other] { $state }
}
redemptions-confirm-lead = We have set { $amount } aside. Do you confirm?
redemptions-set-aside = Set aside
redemptions-kept-until = Kept until
redemptions-confirm = Confirm
redemptions-leave = Leave it
redemptions-done = Done. Your voucher is ready.
redemptions-done-product = Done. It is yours: show the code at the till and take it.
redemptions-done-experience = Done. You have a place: show the code at the entrance.
redemptions-done-bill = These points paid part of a bill.
redemptions-done-handed = It was handed over when it was redeemed.
redemptions-used = It has been used.
redemptions-over = Its time is over.
redemptions-code-state = { $state ->
    [used] The code { $code } was used.
    [expired] The code { $code } ended unused.
   *[other] The code { $code } is no longer good.
}
redemptions-show = Show this code at the till. It works once.
redemptions-until = Good until { $day }
redemptions-barcode = Barcode of voucher { $code }
redemptions-paid = Redeemed
redemptions-undo = Undo the redemption
redemptions-undo-hint = As long as it is not used you can undo it and get everything back.
redemptions-back-again = You have { $amount } again, with the same end as before.
redemptions-others = See other rewards
redemptions-done-tier = Done. You have your new tier.
redemptions-done-donation = Thank you. We give it in your name; until then you can undo this.
redemptions-donated = The donation is made. Thank you.
redemptions-done-invoice = Done. You will see it on your next invoice; until then you can undo this.
redemptions-credited = It has been taken off an invoice.
