# Por qué un movimiento tuvo el efecto que tuvo.
ledger-points = { $n ->
    [one] { $points } punto
   *[other] { $points } puntos
}
ledger-points-named = { $points } { $name }
ledger-headline = { $total }: { $parts }.
ledger-headline-plain = { $total }.
ledger-and = { $first } y { $second }
ledger-now-held = { $points } retenidos
ledger-now-available = { $points } disponibles de nuevo

# Lo que es cada movimiento.
ledger-kind = { $kind ->
    [purchase] Compra
    [return] Devolución
    [event] Evento
    [reserve] Reserva de un canje
    [capture] Canje confirmado
    [cancel] Canje cancelado
    [adjustment] Ajuste
    [transfer_out] Puntos enviados
    [transfer_in] Puntos recibidos
    [elapse] Paso del tiempo
    [reversal] Anulación
    [reinstatement] Puntos recuperados
    [opening] Saldo de apertura
    [tier_grant] Nivel concedido
    [qualification] Méritos de nivel
   *[other] { $kind }
}
ledger-event = { $kind } { $reference }, { $at }
ledger-version = Programa «{ $program }», versión { $version }
ledger-balance = Saldo después: { $available } disponibles, { $pending } pendientes, { $held } retenidos

# Lo que dan las reglas.
ledger-for-amount = { $points } por { $amount } ({ $each } por cada { $per }, regla «{ $rule }»)
ledger-for-units = { $points } por { $n ->
    [one] { $units } unidad
   *[other] { $units } unidades
} (regla «{ $rule }»)
ledger-fixed = { $points } por la regla «{ $rule }»
ledger-multiplied = { $points } más porque la regla «{ $rule }» multiplica por { $factor } los { $of }
ledger-multiplied-tier = { $points } más porque el nivel en «{ $rule }» multiplica por { $factor } los { $of }
ledger-capped = la regla «{ $rule }» da como mucho { $limit } { $scope }: quedan fuera { $cut }
ledger-scope = { $scope ->
    [member_day] por socio y día
    [member_week] por socio y semana
    [member_month] por socio y mes
    [member_quarter] por socio y trimestre
    [member_year] por socio y año
    [member_ever] por socio
    [budget] en total
   *[other] ({ $scope })
}

# Por qué algo no da nada.
ledger-zero = La regla «{ $rule }» no da nada: { $why }.
ledger-nothing = No da puntos: { $why }.
ledger-why-no-rule = el programa no tiene ninguna regla para esto
ledger-why-below-step = { $amount } no llega a { $per }
ledger-why-below-unit = { $quantity } no llega a una unidad entera
ledger-why-no-amount = no se pagó nada
ledger-why-no-line = ninguna línea es de los productos de la regla
ledger-why-condition = no se cumple la condición { $when }
ledger-why-only-when = solo cuenta cuando { $when }
ledger-why-condition-failed = la condición { $when } no se pudo calcular ({ $error })
ledger-why-not-in-force = la regla no estaba en vigor en ese momento
ledger-why-superseded = ya da más la regla «{ $by }»
ledger-why-cap-reached = ya se alcanzó el tope de { $limit } { $scope }
ledger-why-not-nth = es la número { $seen } y cuenta la número { $wanted }
ledger-why-foreign-currency = el importe está en { $currency } y el programa cuenta en { $program }
ledger-why-nothing-to-multiply = no hay puntos que multiplicar

# Lo que pasa con los puntos.
ledger-pending = { $points } se podrán usar a partir del { $at }
ledger-expires = { $points } válidos hasta el { $until }
ledger-expires-never = { $points } sin caducidad
ledger-debt-repaid = { $points } se usan para saldar la deuda
ledger-share-due = A lo devuelto le corresponden { $points }
ledger-share-taken = { $points } se retiran de esa compra
ledger-share-expired = { $points } ya habían caducado y no se retiran otra vez
ledger-share-others = { $points } ya se habían gastado y se retiran de otros
ledger-share-debt = { $points } quedan a deber
ledger-share-forgiven = { $points } se perdonan según el programa
ledger-moved = { $how ->
    [redeemed] Se canjean { $points }
    [expired] Han caducado { $points }
    [released] Pasan a estar disponibles { $points }
    [lapsed] Vuelven por vencer la reserva { $points }
    [held] Se retienen { $points }
    [restored] Vuelven { $points }
    [transferred] Se traspasan { $points }
    [adjusted] Se ajustan { $points }
   *[other] { $how }: { $points }
} ({ $validity })
ledger-valid-until = válidos hasta el { $until }
ledger-valid-always = sin caducidad
ledger-extended = La validez se alarga: antes { $from }, ahora { $to }
ledger-tier = { $why ->
    [reached] Sube en «{ $group }» de { $from } a { $to }: { $measured } de { $threshold }
    [reviewed_kept] Conserva { $to } en «{ $group }»: { $measured } de { $threshold }
    [reviewed_down] Baja en «{ $group }» de { $from } a { $to }: { $measured } de { $threshold }
    [granted] Recibe { $to } en «{ $group }»
    [soft_landing] Baja solo un nivel en «{ $group }», de { $from } a { $to }: { $measured } de { $threshold }
    [protected] Conserva { $to } en «{ $group }», que está protegido
    [ladder_ended] «{ $group }» ya no existe: deja de tener { $from }
    [grace] Conserva { $to } en «{ $group }» durante el plazo de gracia: { $measured } de { $threshold }
   *[other] «{ $group }»: de { $from } a { $to } ({ $why })
}
ledger-qualified = Cuentan { $amount } para «{ $group }», con fecha de { $at }
ledger-no-tier = sin nivel
ledger-reason = { $points } por el motivo «{ $code }»

# Cuándo cuenta una regla, como final de una frase que empieza por «solo cuando».
ledger-when-and = { $first } y { $second }
ledger-when-or = { $first } o { $second }
ledger-when-it-is = es { $value }
ledger-when-weekday = { $n ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[other] domingo
}
ledger-when-month = { $n ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[other] diciembre
}
ledger-when-from-hour = la hora es a partir de las { $hour }
ledger-when-before-hour = la hora es antes de las { $hour }
ledger-when-on-day = es el { $day }
ledger-when-not-on-day = no es el { $day }
ledger-when-before-day = es antes del { $day }
ledger-when-until-day = es el { $day } o antes
ledger-when-after-day = es después del { $day }
ledger-when-from-day = es el { $day } o después
ledger-when-day-of-month = el día del mes
ledger-when-year = el año
ledger-when-purchase = el total de la compra
ledger-when-units = el número de unidades
ledger-when-lines = el número de artículos distintos
ledger-when-store = la tienda
ledger-when-channel = el canal
ledger-when-currency = la moneda
ledger-when-line = el importe del artículo
ledger-when-product = el producto
ledger-when-category = la categoría
ledger-when-brand = la marca
ledger-when-named = «{ $name }»
ledger-when-tier = el nivel de { $group }
ledger-when-is = { $what } es { $value }
ledger-when-is-not = { $what } no es { $value }
ledger-when-is-less = { $what } es menos de { $value }
ledger-when-is-at-most = { $what } es { $value } o menos
ledger-when-is-more = { $what } es más de { $value }
ledger-when-is-at-least = { $what } es { $value } o más
