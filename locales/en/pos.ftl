# What a till prints below the sum.
pos-change = { $side ->
    [pending] { $points } { $point_type }, available later
   *[other] { $points } { $point_type }
}
pos-nothing = No points this time
pos-balance = You have { $points } { $point_type }
pos-tier = You are now { $tier }

# The till on the screen.
pos-till-title = Till
pos-till-who = Who is it?
pos-till-who-hint = Swipe the card, or type the phone, e-mail or an old number.
pos-till-find = Find
pos-till-scan = Read with the camera
pos-till-voucher = Take a voucher
pos-till-voucher-code = Voucher code
pos-till-voucher-use = Use the voucher
pos-till-voucher-worth = Voucher taken: { $money } off.
pos-till-voucher-taken = Voucher taken: hand over { $reward }.
pos-till-receipt = Open a receipt
pos-till-receipt-number = Receipt number
pos-till-receipt-hint = To take back, void or explain.
pos-till-receipt-open = Open
pos-till-receipt-none = There is no sale with this number.
pos-till-nobody = Not found
pos-till-nobody-lead = Nobody has “{ $asked }” yet.
pos-till-enroll = Enroll in a moment
pos-till-enroll-lead = An e-mail address or a phone is enough. The rest can follow any time.
pos-till-contact = E-mail or phone
pos-till-enroll-do = Enroll
pos-till-enroll-taken = Another member has this already. Look them up.
pos-till-enroll-invalid = That looks like neither an e-mail address nor a phone. Check it.
pos-till-again = Look again
pos-till-several = There is more than one
pos-till-several-lead = Several members have this number. Ask which one it is.
pos-till-by = { $scheme ->
    [card] The one with the card
    [phone] The one with the phone
   *[other] The one with the old number
}
pos-till-member = Member
pos-till-no-points = No points yet
pos-till-suspended = This account is suspended: it earns and redeems nothing.
pos-till-next = Next customer
pos-till-same = Same member
pos-till-sell = Sale
pos-till-amount = Amount
pos-till-amount-wrong = That amount cannot be read. Write it like 12.50.
pos-till-category = Section
pos-till-category-any = Any
pos-till-more-lines = More lines
pos-till-pay = Pay with points
pos-till-pay-hint = In money, from { $amount }. That part earns no points.
pos-till-pay-wrong = Points cannot pay more than the purchase.
pos-till-pay-bounds = Points pay from { $least } to { $most }.
pos-till-pay-least = Points pay from { $least }.
pos-till-program = Program of this till
pos-till-pays = { $amount } paid with points.
pos-till-quote = See what it earns
pos-till-quote-title = Sale to finish
pos-till-sell-do = Paid
pos-till-back = Back
pos-till-done = Sale done
pos-till-why = Why
pos-till-why-all = See all of it
pos-till-number = Receipt { $number }
pos-till-take-back = Take back or void
pos-till-return-lines = What comes back?
pos-till-return-paid = Points paid { $amount }: they come back when the whole purchase is returned or voided.
pos-till-return = Take back what is ticked
pos-till-returned = Taken back. The points for that part no longer count.
pos-till-void = Void the sale
pos-till-void-hint = For a mistake at the till: as if it had never happened.
pos-till-voided = Voided, as if it had never happened.
pos-till-rewards = Can have now
pos-till-rewards-none = Nothing with these points yet.
pos-till-rewards-later = Still to go
pos-till-price = { $points } { $point_type }
pos-till-hand = Hand over
pos-till-handed = Handed over
pos-till-handed-lead = { $reward }, for { $price }.
pos-till-undo = Undo
pos-till-undone = Undone: the points are back
pos-till-offline = No connection
pos-till-offline-lead = You can go on selling. Sales wait on this device and are sent as soon as the network is back.
pos-till-offline-keep = Keep the sale
pos-till-offline-try = Try the connection
pos-till-waiting = Sales waiting to be sent: { "{n}" }
pos-till-waiting-others = { "{n}" } of another person or client wait: they are sent when whoever made them is here.
pos-till-once-more = Try again
pos-till-offline-pay = Without a network nothing can be paid with points. Take that part out, or wait for the network.
pos-till-offline-kept = Kept on this device: it is sent by itself and counts once.
pos-till-offline-unknown = No answer came. Press again: it counts once.
pos-till-drop = Remove
