# El nivel.
tiers-title = Nivel
tiers-none = Este programa no tiene niveles.
tiers-yours = { $tone ->
    [usted] Su nivel
   *[tu] Tu nivel
}
tiers-how = { $how ->
    [earned] { $tone ->
        [usted] Lo ha conseguido con sus compras.
       *[tu] Lo has conseguido con tus compras.
    }
    [matched] Por el nivel de otro programa.
    [gifted] Es un regalo.
    [paid] Con el plan de pago.
    [lifetime] Para siempre.
    [protected] Se conserva por el cambio de programa.
   *[other] { $how }
}
tiers-missing = { $tone ->
    [usted] Le faltan { $missing } para { $tier }
   *[tu] Te faltan { $missing } para { $tier }
}
tiers-counted = { $measured } de { $threshold }.
tiers-window-year = Cuenta lo de este año natural.
tiers-window-rolling = Cuenta lo de los últimos { $months } meses.
tiers-window-anniversary = { $tone ->
    [usted] Cuenta desde su aniversario como socio.
   *[tu] Cuenta desde tu aniversario como socio.
}
tiers-window-lifetime = Cuenta lo de siempre.
tiers-ladder = Los niveles
tiers-from = desde { $threshold }
tiers-floor = Aquí empezamos.
tiers-multiplier = { $factor } veces más con cada compra
tiers-visits = { $n ->
    [one] { $number } compra
   *[other] { $number } compras
}
