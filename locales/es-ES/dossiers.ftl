# La ficha de un socio.
dossiers-lead = Busca por lo que tengas a mano: número, correo, teléfono o nombre.
dossiers-who = Buscar un socio
dossiers-who-hint = Un número de tarjeta, un correo, un teléfono o un nombre. No queda en la dirección de la página.
dossiers-find = Buscar
dossiers-go-on = Seguir buscando
dossiers-all = Todos, por orden de alta
dossiers-none = Todavía no hay socios. Llegan por la tienda, por la caja, por el portal o en un fichero.
dossiers-found = { $count ->
    [0] Sin resultados
    [one] { $n } socio
   *[other] { $n } socios
}
dossiers-nobody = Nadie coincide. Prueba con el teléfono entero, o solo con el apellido.
dossiers-stopped = Hay más por mirar.
dossiers-nameless = Socio sin nombre
dossiers-status = { $status ->
    [active] activo
    [suspended] en pausa
    [erased] borrado
   *[other] { $status }
}
dossiers-kind = { $kind ->
    [person] persona
    [company] empresa
   *[other] { $kind }
}
dossiers-since = Socio desde el { $day } · { $id }
dossiers-adjusted = Hecho: los puntos ya están en su cuenta.
dossiers-adjusted-waits = Supera el límite: espera a que lo apruebe otra persona.
dossiers-identity = Quién es
dossiers-scheme = { $scheme ->
    [email] Correo
    [phone] Teléfono
    [card] Tarjeta
    [external] Número de socio
   *[other] Número en { $scheme }
}
dossiers-attribute = { $name ->
    [given_name] Nombre
    [family_name] Apellidos
    [surname] Apellidos
    [birth_date] Nacimiento
   *[other] { $name }
}
dossiers-suspend = Poner en pausa
dossiers-resume = Volver a activar
dossiers-available = Disponibles
dossiers-pending = Pendientes
dossiers-held = Retenidos
dossiers-lots = { $count ->
    [one] De { $n } lote
   *[other] De { $n } lotes
}
dossiers-lots-more = Y { $n } más.
dossiers-until = hasta el { $day }
dossiers-tiers = Nivel
dossiers-no-tier = Sin nivel
dossiers-next-tier = Hacia { $name }: { $measured } de { $threshold }
dossiers-movements = Movimientos
dossiers-no-movements = Sin movimientos.
dossiers-event = { $kind ->
    [purchase] Compra
    [return] Devolución
    [reserve] Canje
    [capture] Canje entregado
    [cancel] Canje anulado
    [adjustment] Ajuste
    [elapse] Paso del tiempo
    [event] Actividad
    [transfer_out] Transferencia enviada
    [transfer_in] Transferencia recibida
    [tier_grant] Nivel concedido
    [reversal] Anulación
    [reinstatement] Puntos devueltos
    [opening] Saldo de apertura
   *[other] { $kind }
}
dossiers-redemptions = Canjes y vales
dossiers-no-redemptions = Todavía no ha canjeado nada.
dossiers-redemption = { $state ->
    [reserved] reservado
    [captured] entregado
    [cancelled] anulado
    [lapsed] caducado
   *[other] { $state }
}
dossiers-voucher = { $state ->
    [issued] sin usar
    [used] usado
    [withdrawn] retirado
    [expired] caducado
   *[other] { $state }
}
dossiers-adjust = Ajustar puntos
dossiers-adjust-lead = Hasta { $limit } al día basta contigo; por encima decide otra persona.
dossiers-adjust-none = El programa no permite ajustes a mano.
dossiers-adjust-type = Puntos de
dossiers-adjust-points = Cuántos
dossiers-adjust-points-hint = Con signo menos se restan.
dossiers-adjust-number = Escribe un número entero, como 50 o -50.
dossiers-adjust-reason = Motivo
dossiers-adjust-do = Ajustar
dossiers-reason = { $reason ->
    [goodwill] Compensación
    [correction] Corrección
    [missing_points] Puntos que faltaban
   *[other] { $reason }
}
dossiers-back = Volver al socio
dossiers-why = Por qué
dossiers-lines = Líneas de la compra
dossiers-entries = Asientos
dossiers-side = Cuenta
dossiers-type = Puntos
dossiers-lot = Lote
dossiers-points = Cantidad
dossiers-side-name = { $side ->
    [available] Disponibles
    [pending] Pendientes
    [held] Retenidos
    [issued] Emitidos
    [redeemed] Canjeados
    [expired] Caducados
    [adjusted] Ajustados
    [converted_out] Convertidos, salida
    [converted_in] Convertidos, entrada
    [rounding] Redondeo
    [transferred] Transferidos
    [opening] Apertura
   *[other] { $side }
}
dossiers-source = Origen
dossiers-program = Programa
dossiers-version = versión { $version }
dossiers-recorded = Registrado
dossiers-event-id = Movimiento
