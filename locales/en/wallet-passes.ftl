# The card in a phone's wallet.
wallet-passes-apple = Add to Apple Wallet
wallet-passes-google = Add to Google Wallet
wallet-passes-lead = { $tone ->
   *[tu] Your card on your phone, with the balance kept up to date. You can take it away whenever you like.
}
wallet-passes-description = { $brand } card
wallet-passes-change = { $tone ->
   *[tu] Your balance is now %@
}
wallet-passes-tier = Tier
wallet-passes-number = Number
wallet-passes-issuer = Who answers for the points
wallet-passes-portal = More at
