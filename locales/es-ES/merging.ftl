# Lo que se publica de cada regla de conversión; se genera de la regla misma.
merging-rate-flat = Cada { $give } son { $get } (× { $rate }).
merging-rate-value = Cada { $give } son { $get } (× { $rate }), porque un punto de origen vale { $worth } céntimos y uno de destino { $target-worth }.
merging-rate-marginal = De { $from } en adelante: cada { $give } son { $get } (× { $rate }), solo para ese tramo del saldo.
merging-rate-whole = Saldo desde { $from }: cada { $give } son { $get } (× { $rate }), para todo el saldo.
merging-rate-level = Saldo desde { $from }: { $gives }.
merging-rate-level-up = Saldo de hasta { $from }: { $gives }.
merging-rate-tier = Nivel «{ $code }»: cada { $give } son { $get } (× { $rate }).
merging-rate-kind = Puntos de tipo «{ $code }»: cada { $give } son { $get } (× { $rate }).
merging-rate-date = A partir del { $at }: cada { $give } son { $get } (× { $rate }).
merging-rate-otherwise = En los demás casos: cada { $give } son { $get } (× { $rate }).
merging-rate-step = Se convierte de { $points } en { $points }; el resto no se convierte.
merging-rate-step-up = Se convierte de { $points } en { $points }; la última fracción cuenta entera.
merging-rate-min = Cada socio recibe al menos { $points }.
merging-rate-bonus = Cada socio recibe además { $points }, una sola vez.
merging-rate-cap = Se reciben como mucho { $points }.
merging-rate-rounds-up = El total de cada socio se redondea una sola vez, a su favor.
merging-rate-rounds-down = El total de cada socio se redondea una sola vez, hacia abajo.
merging-rate-rounds-near = El total de cada socio se redondea una sola vez, al entero más próximo.

# «¿Qué pasó con mis puntos?»
merging-statement-title = ¿Qué pasó con mis puntos?
merging-statement-before = Lo que tenías
merging-statement-linked = Cómo hemos unido tus cuentas
merging-statement-converted = Cómo se han convertido tus puntos
merging-statement-lots = Tus puntos y hasta cuándo valen
merging-statement-tier = Tu nivel
merging-statement-counters = Lo que cuenta para tu nivel
merging-statement-vouchers = Tus vales
merging-statement-orders = Tus recompensas en camino
merging-statement-waiting = Puntos pendientes y retenidos
merging-statement-plans = Tu plan de pago
merging-statement-to-do = Qué tienes que hacer
merging-statement-better = Qué cambia para ti
merging-statement-complain = Si algo no cuadra
merging-say-before = { $program }, número { $number }: { $points }.
merging-say-before-none = { $program }, número { $number }: sin puntos.
merging-say-before-contact = { $program }, número { $number }: usas los puntos de tu empresa, que siguen siendo suyos.
merging-say-tier-before = { $program }: nivel { $tier }.
merging-say-alone = Tu cuenta sigue siendo solo tuya; tu número { $number } sigue valiendo.
merging-say-linked = Estas cuentas son ahora una sola, y todos tus números siguen valiendo.
merging-say-number = { $program }: número { $number }.
merging-say-kept-apart = { $program }: debes { $points }. No lo descontamos de tus otros puntos; te escribiremos.
merging-say-whole = { $program }: { $points } son ahora { $result }.
merging-say-converted = { $program }: { $points } son exactamente { $exact }. Redondeamos { $rounding } a tu favor: { $result }.
merging-say-cut = El máximo publicado deja fuera { $cut }.
merging-say-gift = Además recibes { $points } de regalo{ $kind ->
    [never] , sin caducidad
   *[until] , hasta el { $until }
}.
merging-say-total = En total: { $points }.
merging-say-compensation = Para que no pierdas valor, añadimos { $points }{ $kind ->
    [never] , sin caducidad
   *[until] , hasta el { $until }
}.
merging-say-lot = { $before } (lote { $lot }) son ahora { $points }{ $kind ->
    [never] , sin caducidad
   *[until] , hasta el { $until }
}.
merging-say-tier-kept = Tienes el nivel { $tier } por tu nivel en { $program }; nadie te lo quita antes del { $until }.
merging-say-tier-counted = Tienes el nivel { $tier } por todo lo que has sumado; nadie te lo quita antes del { $until }.
merging-say-tier-lifetime = Tienes el nivel { $tier } para siempre.
merging-say-counter = { $group }, { $period }: { $value }.
merging-say-counter-once = { $group }, { $period }: { $value }. Había { $twice } contados en dos programas; cuentan una vez.
merging-say-voucher = El vale { $code } valía { $before } y vale { $value }{ $kind ->
    [never] , sin caducidad
   *[until] , hasta el { $until }
}.
merging-say-voucher-choose = El vale { $code } sigue valiendo { $value }; si lo prefieres, recibe a cambio los { $points } puntos que costó.
merging-say-order = Pedido { $order } de { $program }: { $reward } por { $price }, pedido el { $at }{ $status ->
    [preparing] , en preparación
    [sent] , enviado
   *[ordered] , aún sin preparar
}{ $kind ->
    [never] , sin fecha comprometida
   *[until] , comprometido para el { $until }
}. El precio y el compromiso se mantienen; no te descontamos ningún punto más.
merging-say-pending = { $points } estarán disponibles el { $until }.
merging-say-held = { $points } siguen reservados (reserva { $hold }){ $kind ->
    [never] {""}
   *[until] , hasta el { $until }
}.
merging-say-reinstated = Habían caducado hace poco: recuperas { $points }{ $kind ->
    [never] , sin caducidad
   *[until] , hasta el { $until }
}.
merging-say-plan = Tu plan { $plan } sigue igual hasta el { $until }, al mismo precio.
merging-say-plan-refund = Tu plan { $plan } ya no hace falta: te devolvemos { $refund }.
merging-say-nothing = Nada. Todo está hecho.
merging-say-choose = Elige qué prefieres con tus vales; mientras tanto siguen valiendo.
merging-say-we-are-looking = Nada por ahora: estamos revisando tus cuentas y no se ha movido ningún punto.
merging-say-call-us = Habla con nosotros: tus puntos están a salvo, pero tu cuenta está bloqueada.
merging-say-value-more = Tus puntos valían { $before } y ahora valen { $after }.
merging-say-value-same = Tus puntos valen lo mismo que antes: { $after }.
merging-say-value-less = Tus puntos valían { $before } y ahora valen { $after }. Lo sentimos; cuéntanos si no estás de acuerdo.
merging-say-complain = Escríbenos o llámanos: revisaremos tu caso contigo, línea a línea.

# El informe de control para finanzas.
merging-control-members = Socios de la oleada y los ya traspasados: { $refused } rechazados, { $part } en parte, { $waiting } pendientes.
merging-control-opening = Lo que contiene la foto y lo que está en el diario.
merging-control-on-the-way = En camino hacia una empresa colaboradora o desde ella; quien los tiene espera hasta que se complete o se anule.
merging-control-in-transit = Puntos de socios ya traspasados que siguen en camino hacia una empresa colaboradora o desde ella: no puede haber ninguno.
merging-control-placed = Cada lote cargado está en el diario exactamente una vez.
merging-control-converted = Conversión exacta, menos topes, más redondeo, igual a lo que se abre.
merging-control-held-back = Espera en la mesa de incidencias; nada se ha movido.
merging-control-kept-apart = Deudas que no se pagan con puntos de otro programa.
merging-control-left = Cuentas cerradas o borradas que no se trasladan.
merging-control-expired = Caducados antes de la foto; no se recuperan.
merging-control-rounding = Cuenta de redondeo, como fracción exacta.
merging-control-planned = Lo que abren todos los planes es lo que tiene el libro más lo que se nombra como no traspasado.
merging-control-not-posted = Sin traspasar: { $lots } lotes de { $members } socios. Al repetir la oleada se vuelven a intentar.
merging-control-posted = Lo que el plan abre y lo que el libro tiene.
merging-control-opens = Se convierte y se abre en el programa de destino.
merging-control-things = Cuántos debería haber según el plan y cuántos hay.
merging-control-stated = Lo que declaró el responsable de la fuente y lo que se cargó.
merging-control-caught-up = Lo recogido desde la foto, apunte por apunte, y cuánto cambió la foto.
merging-control-accounts = Cuentas cargadas y las que tienen sitio en este proyecto.
merging-control-hash = Suma de todos los números de cuenta, cada uno por su huella.
merging-control-unexplained = { $subject }: diferencia de { $difference } sin explicar.

# El informe de control como documento.
merging-report-title = Informe de control: { $project }, oleada { $wave }
merging-report-title-whole = Informe de control: { $project }, todas las oleadas y la mesa
merging-report-summary = { $members } socios comparados uno a uno con el libro. Ejecución { $run }.
merging-report-line = Línea
merging-report-source = Fuente
merging-report-points = Puntos
merging-report-expected = Esperado
merging-report-actual = Real
merging-report-difference = Diferencia
merging-report-explanation = Explicación
merging-report-agrees = Todas las líneas cuadran.
merging-report-differs = No todas las líneas cuadran.
merging-report-not-posted = Sin traspasar
merging-report-differences = Socios que no cuadran
