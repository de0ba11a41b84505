# Solo lo que en México se dice de otra manera.
wallet-passes-apple = Agregar a Apple Wallet
wallet-passes-google = Agregar a Google Wallet
wallet-passes-lead = { $tone ->
    [usted] Su tarjeta en el celular, con el saldo al día. Puede quitarla cuando quiera.
   *[tu] Tu tarjeta en el celular, con el saldo al día. Puedes quitarla cuando quieras.
}
