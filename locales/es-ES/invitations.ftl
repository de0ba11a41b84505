# Invitaciones: el enlace de cada socio, a quién trae y qué gana cada cual.
invitations-title = { $tone ->
    [usted] Invite a alguien
   *[tu] Invita a alguien
}
invitations-lead = { $tone ->
    [usted] Comparta su enlace: cuando quien venga por él haga su primera compra, los dos reciben puntos.
   *[tu] Comparte tu enlace: cuando quien venga por él haga su primera compra, los dos recibís puntos.
}
invitations-closed = Ahora mismo no hay invitaciones.
invitations-words = { $tone ->
    [usted] Le invito a { $brand }: nos llevamos puntos los dos.
   *[tu] Te invito a { $brand }: nos llevamos puntos los dos.
}
invitations-limits = { $tone ->
    [usted] Se premian hasta { $most } al mes. Quien invita no ve quién vino, solo cómo va; nadie puede invitarse a sí mismo.
   *[tu] Se premian hasta { $most } al mes. No verás quién vino, solo cómo va; nadie puede invitarse a sí mismo.
}
invitations-mine = { $tone ->
    [usted] Quien ha venido por su enlace
   *[tu] Quien ha venido por tu enlace
}
invitations-none = Todavía nadie.
invitations-mine-waiting = Falta su primera compra
invitations-mine-held = La estamos mirando
invitations-mine-over-limit = Por encima del límite del mes
invitations-mine-paying = Premio en camino
invitations-mine-paid = Premiada
invitations-mine-taking-back = Compra devuelta
invitations-mine-taken-back = Compra devuelta
invitations-mine-refused = No cuenta
invitations-mine-lapsed = No llegó a comprar
invitations-by = { $tone ->
    [usted] { $name } le invita a { $brand }
   *[tu] { $name } te invita a { $brand }
}
invitations-by-somebody = { $tone ->
    [usted] Le invitan a { $brand }
   *[tu] Te invitan a { $brand }
}
invitations-over = Este enlace ya no vale
invitations-over-lead = { $tone ->
    [usted] Puede apuntarse igualmente.
   *[tu] Puedes apuntarte igualmente.
}
invitations-own = { $tone ->
    [usted] Este es su propio enlace: compártalo con quien quiera.
   *[tu] Este es tu propio enlace: compártelo con quien quieras.
}
invitations-member = { $tone ->
    [usted] Ya es del club: las invitaciones son para quien se apunta por primera vez.
   *[tu] Ya eres del club: las invitaciones son para quien se apunta por primera vez.
}
invitations-kept = Al seguir guardamos en este navegador, durante treinta días, de quién es la invitación. Nada más.
invitations-for-invited = { $tone ->
    [usted] Para usted
   *[tu] Para ti
}
invitations-for-inviter = Para quien invita
invitations-when = Con la primera compra de quien se apunta. Si se devuelve entera, el premio también.
invitations-desk-lead = Quién vino por el enlace de quién, y cómo va el premio de ambos.
invitations-desk-none = No hay ninguna.
invitations-saved = Guardado.
invitations-why-missing = Escriba por qué, en 500 caracteres como mucho.
invitations-range = Revise los números: de 1 a 100 al mes, y de 1 a 50 de una misma red.
invitations-some-held = Hay invitaciones que esperan la palabra de una persona.
invitations-head-joined = Se apuntó
invitations-head-inviter = Invita
invitations-head-invited = Viene
invitations-head-state = Estado
invitations-head-word = Decisión
invitations-all = Todas
invitations-show = Mostrar
invitations-state-held = retenida
invitations-state-waiting = a la espera de compra
invitations-state-paid = premiada
invitations-state-over-limit = por encima del límite
invitations-state-refused = rechazada
invitations-state-taken-back = premio retirado
invitations-state-lapsed = sin compra
invitations-state-paying = premiando
invitations-state-taking-back = retirando el premio
invitations-same-network = Varias desde la misma red
invitations-approve = Dejar pasar
invitations-refuse = Rechazar
invitations-why = Por qué
invitations-settings = Cómo funcionan
invitations-rules-hint = Lo que gana cada uno lo dicen las reglas del programa:
invitations-open = Hay invitaciones
invitations-takes-back = Si se devuelve la compra, se retira el premio
invitations-max = Premiadas por socio en treinta días, como mucho
invitations-held-from = Desde cuántas de una misma red esperan a una persona
invitations-save = Guardar
invitations-not-posted = El libro no admitió ningún premio
