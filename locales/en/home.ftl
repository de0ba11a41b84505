# Home.
home-card = Your card
home-hello = Hello, { $name }
home-hello-nameless = Hello
home-worth = worth
home-until = until { $day }
home-towards = on the way to { $tier }
home-no-tier = First level
home-my-card = Show my card
home-barcode = Barcode of card { $number }
home-missing = You need
home-missing-for = more for
home-next-tier = { $missing } to go to { $tier }
home-next-rule = Earn more: { $rule }
home-ends = { $amount } end after { $day }
home-can = You can now have
home-can-nothing = Nothing yet, but you are on the way.
home-all-rewards = See all
home-latest = Latest
home-all-movements = See all
home-nothing-yet = Your first purchase will appear here, with what it earned and why.
home-no-program = This program has not begun yet.
home-welcome = What you spend comes back
home-welcome-lead = Earn with every purchase and choose what to do with it. No small print: every movement says why.
home-welcome-rewards = What there is
home-as-of = Balance as of { $at }
home-offline = { $tone ->
   *[tu] Without a connection you can go on showing this card. The balance is that of the last time there was one.
}
