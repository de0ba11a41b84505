# Tu valor: lo que hay en todos los programas, lo que se ha recibido y de dónde vino.
value-title = { $tone ->
    [usted] Su valor
   *[tu] Tu valor
}
value-lead = { $tone ->
    [usted] Todo lo que tiene con nosotros, en dinero, y lo que ha recibido hasta hoy.
   *[tu] Todo lo que tienes con nosotros, en dinero, y lo que has recibido hasta hoy.
}
value-now = Lo que vale hoy
value-no-money = sin valor en dinero
value-rounded = Cada programa a su precio publicado, redondeado hacia abajo. Lo pendiente y lo retenido no se cuenta aquí.
value-received = { $program }, hasta hoy
value-earned = Ganado
value-used = Canjeado
value-total = { $tone ->
    [usted] Es suyo
   *[tu] Es tuyo
}
value-where = { $tone ->
    [usted] De dónde viene lo que tiene
   *[tu] De dónde viene lo que tienes
}
value-before = Lo anterior
value-places = Compras, por tienda
value-nowhere = Sin tienda
value-times = { $n ->
    [one] { $number } vez
   *[other] { $number } veces
}
value-latest = últimos:
value-action = { $action ->
    [purchase] Compras
    [return] Devoluciones
    [redemption] Canjes
    [adjustment] Ajustes
    [transfer_out] Enviado a otra persona
    [transfer_in] Recibido de otra persona
    [elapse] Caducados
    [reversal] Anulaciones
    [reinstatement] Recuperado
    [opening] Saldo de apertura
   *[other] Otros
}
value-months = Mes a mes
value-month = Mes
value-part = Hay más movimientos que los que caben en esta página: los más antiguos van juntos en «Lo anterior».
value-see = De dónde vienen
value-rules = Por regla y promoción
value-returned = Devoluciones
value-by-tier = Lo que añade { $group }
