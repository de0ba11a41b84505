# Los recorridos: qué oye cada socio en su camino, y a qué lleva. Las claves journeys-letter-… son las cartas de las plantillas.
journeys-lead = Lo que cada socio recibe en su momento, de la bienvenida a la vuelta, y a qué lleva.
journeys-new = Nuevo recorrido
journeys-none = Todavía no hay recorridos. Empieza por la bienvenida: nadie la recibe hasta que otra persona la apruebe.
journeys-under-way = { $waiting } en camino de { $entered } que entraron
journeys-state-draft = Borrador
journeys-state-in-approval = Por aprobar
journeys-state-published = En marcha
journeys-state-paused = En pausa
journeys-state-ended = Terminado
journeys-published-at = En marcha desde { $at }
journeys-told = De { $who } · se deja aparte un { $share } % para comparar.
journeys-group-told = Grupo { $group }, prioridad { $priority }: un socio recorre uno del grupo a la vez.
journeys-submit = Pedir aprobación
journeys-edit = Cambiar
journeys-edit-again = Al cambiarlo vuelve a ser un borrador, y hay que aprobarlo otra vez.
journeys-second-person = Lo aprueba otra persona: quien lo escribe no lo aprueba.
journeys-decide-lead = Mira quién entra, qué recibe y qué se espera. Con tu conformidad empieza.
journeys-approve = Aprobar y empezar
journeys-paused = En pausa: nadie entra y no sale ninguna carta.
journeys-pause = Poner en pausa
journeys-resume = Seguir
journeys-end = Terminar el recorrido
journeys-end-lead = Nadie más entra, y quien está en camino sale. No se puede volver a empezar.
journeys-end-do = Terminar
journeys-another = Hacer otro a partir de este
journeys-results = Qué ha pasado
journeys-entered = Entraron
journeys-waiting = En camino
journeys-reached = Llegaron a la meta
journeys-done = Lo recorrieron entero
journeys-left = Salieron antes:
journeys-why-goal = llegaron a la meta
journeys-why-consent = retiraron el permiso
journeys-why-suspended = suspendidos
journeys-why-gone = ya no son socios
journeys-why-outranked = pasaron a otro recorrido
journeys-why-ended = terminó el recorrido
journeys-effect = Qué ha cambiado
journeys-effect-lead = Se comparan los que ya han tenido todos sus días; cada socio cuenta una vez.
journeys-no-holdout = No se dejó a nadie aparte: no se puede decir qué habría pasado sin el recorrido.
journeys-ratio-broken = Los grupos no tienen el tamaño que da el azar. Algo sacó a personas de uno: no se lee ningún resultado.
journeys-difference = La diferencia es de { $estimate } puntos porcentuales, entre { $low } y { $high } con un 95 % de confianza.
journeys-still-open = { $n ->
    [one] Una persona todavía tiene días por delante.
   *[other] { $open } personas todavía tienen días por delante.
}
journeys-arm-treated = Con cartas
journeys-arm-holdout = Apartados
journeys-arm-universal = Nunca reciben nada
journeys-arm-treated-told = Con cartas llega a la meta el { $share } %: { $reached } de { $people }.
journeys-arm-holdout-told = Sin ellas, el { $share } %: { $reached } de { $people }.
journeys-steps = Los pasos
journeys-steps-hint = El orden lo da el número de cada paso. Abre uno para cambiarlo; al final hay sitio para más.
journeys-again-told = Se puede volver a entrar a los { $days } días.
journeys-entered-told = Entraron { $count }
journeys-goal-lead = Quien llega sale del recorrido.
journeys-step-wait-told = { $n ->
    [one] Espera un día
   *[other] Espera { $days } días
}
journeys-step-branch-told = Sigue quien cumple
journeys-step-branch-otherwise = Los demás van a: { $step }
journeys-service = aviso del alta: no necesita permiso
journeys-asks = pregunta si fue útil
journeys-count-waiting = { $count } aquí
journeys-count-sent = { $count } cartas entregadas al correo
journeys-count-kept = { $count } apartados, sin carta
journeys-count-yes = { $count } siguieron
journeys-count-no = { $count } fueron al otro paso
journeys-count-waited = { $count } pasaron
journeys-count-left = { $count } salieron aquí
journeys-count-unsubscribed = { $count } se dieron de baja con ella
journeys-useful = Útil para el { $share } % de quienes contestaron ({ $useful } de { $answers })
journeys-people-title = Personas del recorrido
journeys-people-lead = Las filas detrás de cada cifra: cuándo entró cada cual, en qué grupo, y dónde está.
journeys-member = Socio
journeys-arm = Grupo
journeys-where = Dónde está
journeys-stands = { $step }, hasta { $at }
journeys-filter = Qué personas
journeys-everybody = Todas
journeys-nobody = Nadie aquí.
journeys-choose-lead = Elige por dónde empezar. Las cartas de la plantilla son un borrador: cámbialas como quieras.
journeys-from-nothing = Desde cero
journeys-form-lead = Guardar no envía nada. Después lo aprueba otra persona, y con eso empieza.
journeys-wrong = Falta.
journeys-entry = Quién entra
journeys-entry-enrolled = Quien se da de alta
journeys-entry-first-purchase = Quien compra por primera vez
journeys-entry-near-reward = A quien le falta poco para una recompensa
journeys-entry-near-reward-told = A quien le faltan { $missing } puntos o menos para una recompensa
journeys-entry-near-tier = A quien le falta poco para el siguiente nivel
journeys-entry-near-tier-told = A quien le falta { $missing } o menos para el siguiente nivel
journeys-entry-expiring = A quien le caducan puntos pronto
journeys-entry-expiring-told = A quien le caducan { $points } puntos o más en { $days } días
journeys-entry-silent = Quien lleva tiempo sin comprar
journeys-entry-silent-told = Quien lleva { $days } días o más sin comprar
journeys-entry-silent-until = Quien lleva entre { $days } y { $until } días sin comprar
journeys-entry-segment = Quien está en una audiencia
journeys-entry-segment-told = Quien está en la audiencia «{ $name }»
journeys-segment = Audiencia
journeys-no-segment = Ninguna
journeys-missing = Cuánto falta, como mucho
journeys-days = Días
journeys-until = Hasta cuántos días sin comprar
journeys-points = Puntos que caducan, al menos
journeys-again = Vuelve a entrar a los … días
journeys-goal = Meta
journeys-goal-purchases = Que compre
journeys-goal-purchases-told = { $n ->
    [one] Meta: una compra en { $days } días.
   *[other] Meta: { $count } compras en { $days } días.
}
journeys-goal-redemption = Que canjee
journeys-goal-redemption-told = Meta: un canje en { $days } días.
journeys-goal-count = Cuántas compras
journeys-goal-days = En cuántos días
journeys-group = Grupo
journeys-priority = Prioridad (0 a 100)
journeys-step = { $number }. { $kind } · { $code }
journeys-step-letter = Carta
journeys-step-wait = Espera
journeys-step-branch = Bifurcación
journeys-step-none = Nada
journeys-step-more = Añadir un paso
journeys-step-gone = Quitar este paso
journeys-kind = Qué es
journeys-place = Lugar
journeys-code = Nombre corto (a-z, 0-9 y -)
journeys-wait-days = Días de espera
journeys-condition = Condición
journeys-otherwise = Los demás van a (un paso posterior, o end)
journeys-service-tick = Solo avisa del alta: sale sin permiso de ofertas
journeys-asks-tick = Preguntar al final si fue útil
journeys-template-welcome = Bienvenida
journeys-template-welcome-told = Al darse de alta, y a los 3, 10 y 30 días. Meta: la segunda compra.
journeys-template-near-reward = Cerca de una recompensa
journeys-template-near-reward-told = Cuando faltan pocos puntos. Meta: un canje.
journeys-template-near-tier = Cerca del siguiente nivel
journeys-template-near-tier-told = Cuando falta poco para subir. Meta: una compra.
journeys-template-expiring = Puntos que caducan
journeys-template-expiring-told = Un mes antes y en los últimos días. Meta: un canje.
journeys-template-at-risk = En riesgo
journeys-template-at-risk-told = A los 45 días sin comprar. Meta: una compra.
journeys-template-win-back = Recuperar
journeys-template-win-back-told = A los 90 días sin comprar. Meta: una compra.
journeys-letter-welcome-welcome-subject = Te damos la bienvenida a { "{{program}}" }
journeys-letter-welcome-welcome-body =
    Ya estás dentro: desde hoy tus compras en { "{{brand}}" } suman puntos, y los puntos se cambian por cosas que apetecen.

    El siguiente paso es sencillo: la próxima vez que compres, di tu correo en caja.
journeys-letter-welcome-welcome-button = Mira qué puedes conseguir
journeys-letter-welcome-how-to-earn-subject = Así suman tus puntos
journeys-letter-welcome-how-to-earn-body =
    Cada compra suma. En { "{{program}}" } está escrito cuánto, sin letra pequeña.

    Ahora tienes { "{{points}}" } puntos.
journeys-letter-welcome-how-to-earn-button = Cómo funciona
journeys-letter-welcome-first-reward-subject = Tu primera recompensa, más cerca de lo que parece
journeys-letter-welcome-first-reward-body =
    Tienes { "{{points}}" } puntos. Hay recompensas para empezar pronto, y cada una dice cuánto te falta.

    Elige una y ve a por ella.
journeys-letter-welcome-first-reward-button = Elegir mi recompensa
journeys-letter-welcome-check-in-subject = Ya llevas un mes. ¿Qué tal?
journeys-letter-welcome-check-in-body =
    Hace un mes que estás en { "{{program}}" }, y tienes { "{{points}}" } puntos.

    Nos ayuda saber si lo que te escribimos te sirve: abajo puedes decirlo con un toque.
journeys-letter-welcome-check-in-button = Ver mis recompensas
journeys-letter-near-reward-nearly-there-subject = Te falta muy poco para tu recompensa
journeys-letter-near-reward-nearly-there-body =
    Tienes { "{{points}}" } puntos: una compra más, y llegas.

    Mira cuánto te falta exactamente para cada recompensa.
journeys-letter-near-reward-nearly-there-button = Ver cuánto me falta
journeys-letter-near-tier-next-step-subject = A un paso del siguiente nivel
journeys-letter-near-tier-next-step-body =
    Estás muy cerca de subir de nivel en { "{{program}}" }.

    Mira qué te falta y qué ganas con ello.
journeys-letter-near-tier-next-step-button = Ver mi nivel
journeys-letter-expiring-a-month-left-subject = Algunos de tus puntos caducan este mes
journeys-letter-expiring-a-month-left-body =
    Tienes { "{{points}}" } puntos, y una parte caduca en los próximos 30 días.

    No dejes que se pierdan: mira qué puedes llevarte con ellos.
journeys-letter-expiring-a-month-left-button = Usar mis puntos
journeys-letter-expiring-last-days-subject = Últimos días para usar tus puntos
journeys-letter-expiring-last-days-body =
    Quedan pocos días para que caduque una parte de tus { "{{points}}" } puntos.

    Todavía estás a tiempo.
journeys-letter-expiring-last-days-button = Usar mis puntos
journeys-letter-at-risk-we-miss-you-subject = Hace tiempo que no te vemos
journeys-letter-at-risk-we-miss-you-body =
    Han pasado unas semanas desde tu última visita a { "{{brand}}" }.

    Tus { "{{points}}" } puntos siguen aquí, y hay cosas nuevas por descubrir.
journeys-letter-at-risk-we-miss-you-button = Ver las novedades
journeys-letter-at-risk-your-points-subject = Tus { "{{points}}" } puntos te esperan
journeys-letter-at-risk-your-points-body =
    Puedes cambiarlos cuando quieras, en tu próxima visita.

    Mira qué tienes ya a tu alcance.
journeys-letter-at-risk-your-points-button = Qué puedo canjear
journeys-letter-win-back-come-back-subject = Nos gustaría volver a verte
journeys-letter-win-back-come-back-body =
    Hace meses que no pasas por { "{{brand}}" }, y te echamos de menos.

    Tu cuenta de { "{{program}}" } sigue abierta, con { "{{points}}" } puntos.
journeys-letter-win-back-come-back-button = Ver mi cuenta
journeys-letter-win-back-last-word-subject = ¿Seguimos en contacto?
journeys-letter-win-back-last-word-body =
    Si todavía te interesa { "{{program}}" }, aquí estamos.

    Y si prefieres que no te escribamos más, al pie de esta carta puedes decirlo.
journeys-letter-win-back-last-word-button = Volver
