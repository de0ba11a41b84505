# La tarjeta en la cartera del móvil.
wallet-passes-apple = Añadir a Apple Wallet
wallet-passes-google = Añadir a Google Wallet
wallet-passes-lead = { $tone ->
    [usted] Su tarjeta en el móvil, con el saldo al día. Puede quitarla cuando quiera.
   *[tu] Tu tarjeta en el móvil, con el saldo al día. Puedes quitarla cuando quieras.
}
wallet-passes-description = Tarjeta de { $brand }
wallet-passes-change = { $tone ->
    [usted] Su saldo es ahora de %@
   *[tu] Tu saldo es ahora de %@
}
wallet-passes-tier = Nivel
wallet-passes-number = Número
wallet-passes-issuer = Quién responde de los puntos
wallet-passes-portal = Más en
