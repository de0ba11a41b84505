# Informes.
reports-title-of = Informe de { $program }
reports-none = Todavía no hay informes.
reports-make = Hacer un informe
reports-from = Desde
reports-to = Hasta
reports-worsened = Lo que empeora
reports-improved = Lo que mejora
reports-nothing = Ningún cambio mayor que el azar.
reports-stands =
    { $name }: { $now }. No hay un periodo anterior con que comparar.
reports-unchanged =
    { $name } se mantiene en { $now }.
reports-rose =
    { $name } sube de { $before } a { $now } (+{ $by }).
reports-fell =
    { $name } baja de { $before } a { $now } (−{ $by }).
reports-counted = Es un recuento completo, no una muestra.
reports-findings-count =
    { $n ->
        [0] Ninguna regla se cumple.
        [one] Una regla se cumple: está abajo con su recomendación.
       *[other] { $number } reglas se cumplen: están abajo con su recomendación.
    }
reports-note-by = { $author }: { $words }
reports-hidden-by = { $author } preferiría no mostrarlo: { $words }
reports-add-note = Añadir contexto
reports-words = Con sus palabras
reports-comment = Comentar
reports-hide = Preferiría no mostrarlo
reports-restated =
    { $n ->
        [one] Una cifra sería hoy otra
       *[other] { $number } cifras serían hoy otras
    }: llegaron datos después. El informe queda como estaba.
reports-hash = Huella de los datos (SHA-256):
reports-liability = Pasivo por puntos
reports-line = Línea
reports-points = Puntos
reports-money = Importe
reports-opening = Saldo inicial
reports-issued = Emitidos y ajustados
reports-converted = De otros programas y cuentas
reports-redeemed = Canjeados
reports-expired = Caducados
reports-closing = Saldo final
