# Lo que hay en la cuenta y de dónde viene.
accounts-title = Actividad
accounts-amount = { $number } { $name }
accounts-at = { $kind } en { $place }
accounts-of = { $kind }: { $name }
accounts-available = Disponibles
accounts-pending = Pendientes
accounts-held = Reservados
accounts-endings = Lo que caduca y cuándo
accounts-until = Hasta el { $day }
accounts-movements = Movimientos
accounts-none = { $tone ->
    [usted] Todavía no hay ninguno. El primero aparecerá con su próxima compra.
   *[tu] Todavía no hay ninguno. El primero saldrá con tu próxima compra.
}
accounts-older = Ver anteriores
accounts-back = Todos los movimientos
accounts-why = Por qué
accounts-lines = El tique
accounts-line = Artículo
accounts-entries = Los apuntes
accounts-entries-lead = Cada movimiento se anota dos veces, y las dos columnas suman cero.
accounts-side = Cuenta
accounts-type = Puntos
accounts-points = Importe
accounts-side-name = { $side ->
    [available] Disponible
    [pending] Pendiente
    [held] Reservado
    [issued] Emitido por el programa
    [redeemed] Canjeado
    [expired] Caducado
    [adjusted] Ajustado
    [converted_out] Convertido desde otro programa
    [converted_in] Convertido a este programa
    [rounding] Redondeo
    [transferred] Traspasado
    [opening] Saldo de apertura
   *[other] { $side }
}
accounts-reference = Referencia { $reference }, movimiento { $event }
accounts-take = { $tone ->
    [usted] Llévese el extracto del último año:
   *[tu] Llévate el extracto del último año:
}
accounts-csv-day = Fecha
accounts-csv-what = Movimiento
accounts-csv-points = Puntos
accounts-csv-why = Motivo
accounts-paper-title = Extracto de puntos, { $brand }
accounts-paper-standing = { $amount }, que valen { $worth }
accounts-paper-year = Movimientos de los últimos doce meses.
accounts-paper-part = Los movimientos más recientes de los últimos doce meses.
accounts-not-right = { $tone ->
    [usted] ¿Algo no cuadra? Escríbanos
   *[tu] ¿Algo no cuadra? Escríbenos
}
