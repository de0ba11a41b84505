# What can be had.
rewards-title = Rewards
rewards-have = You have
rewards-mine = My redemptions
rewards-now = You can now have
rewards-later = A little more
rewards-missing = { $amount } more to go
rewards-out-of-stock = None left at present
rewards-not-begun = Not begun yet
rewards-ended = Over
rewards-from = From { $amount }
rewards-back = All rewards
rewards-about-value = A voucher that takes { $amount } off your bill.
rewards-about-voucher = A voucher that you show when you are there.
rewards-about-experience = It takes place on { $at }.
rewards-about-pay = Pay part of your bill with what you have.
rewards-costs = It costs
rewards-after = You keep
rewards-redeem = Redeem
rewards-redeem-hint = You can still confirm or leave it.
rewards-at-the-till = Say so when you pay and show your card: it comes off there and then.
rewards-instead-of = Instead of
rewards-share = Share it with somebody
rewards-share-words = Look: { $reward }, at { $brand }
rewards-shared-own = See it among my rewards
rewards-shared-lead = It is a reward of { $brand } for whoever joins.
rewards-tier-held = You have this tier or a higher one
rewards-about-donation = We give { $amount } to { $to }.
rewards-about-invoice = We take { $amount } off your next invoice.
rewards-about-tier = From the moment you redeem it you have the { $tier } tier for { $lasts }. After that, what you have earned by then decides.
rewards-filter = What to see
rewards-kind = { $kind ->
    [now] You can now
    [product] Products
    [voucher] Vouchers
    [part_payment] Pay with points
    [experience] Experiences
    [donation] Give
    [invoice_credit] Off an invoice
    [tier_boost] Move up a tier
   *[all] All
}
rewards-none-here = There is nothing of this right now.
rewards-give = Give to somebody else
