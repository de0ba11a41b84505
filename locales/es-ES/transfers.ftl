# Lo que un socio regala a otro.
transfers-title = Regalar a otra persona
transfers-lead = { $tone ->
    [usted] Dé parte de lo que tiene a alguien del mismo club. Le llega al momento y le dura lo que le duraba a usted.
   *[tu] Da parte de lo que tienes a alguien del mismo club. Le llega al momento y le dura lo que te duraba a ti.
}
transfers-none = { $tone ->
    [usted] De lo que tiene, nada se puede regalar.
   *[tu] De lo que tienes, nada se puede regalar.
}
transfers-of = De qué
transfers-card = Número de su tarjeta
transfers-card-hint = { $tone ->
    [usted] Pídaselo: está en su tarjeta y en su portal, bajo el código de barras.
   *[tu] Pídeselo: está en su tarjeta y en su portal, bajo el código de barras.
}
transfers-card-wrong = { $tone ->
    [usted] Nadie más del club tiene esta tarjeta. Compruebe el número.
   *[tu] Nadie más del club tiene esta tarjeta. Comprueba el número.
}
transfers-points = Cuánto
transfers-hint = { $tone ->
    [usted] Tiene { $have }. De { $least } a { $most } de una vez, y hasta { $year } al año.
   *[tu] Tienes { $have }. De { $least } a { $most } de una vez, y hasta { $year } al año.
}
transfers-points-wrong = Un número dentro de estos límites y de lo que hay.
transfers-look = Revisar
transfers-for-good = Lo regalado no se puede recuperar.
transfers-look-title = ¿Lo enviamos?
transfers-to = A quien tiene la tarjeta { $card }.
transfers-gives = { $tone ->
    [usted] Regala
   *[tu] Regalas
}
transfers-send = Regalar
transfers-back = Cambiarlo
