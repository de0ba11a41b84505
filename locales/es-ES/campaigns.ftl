# Las campañas: del borrador a lo que han conseguido. Las claves campaigns-letter-why y -leave van al pie de cada carta.
campaigns-lead = Qué decimos, a quién, y qué ha cambiado por decirlo.
campaigns-new = Nueva campaña
campaigns-none = Todavía no hay campañas. Escribe la primera: nadie la recibe hasta que otra persona la apruebe.
campaigns-no-mail = No hay servidor de correo: nada sale hasta que se configure uno.
campaigns-ended-at = Terminó: { $at }
campaigns-started-at = Empezó: { $at }
campaigns-send-at = Sale: { $at }
campaigns-changed-at = Cambiada: { $at }
campaigns-told = De { $who } · { $purpose } · { $channel }
campaigns-way = El camino de la campaña
campaigns-state-draft = Borrador
campaigns-state-in-approval = Por aprobar
campaigns-state-approved = Aprobada
campaigns-state-scheduled = Programada
campaigns-state-sending = Saliendo
campaigns-state-sent = Enviada
campaigns-state-cancelled = Anulada
campaigns-purpose-offers = Ofertas
campaigns-purpose-surveys = Encuestas
campaigns-submit = Pedir aprobación
campaigns-edit = Cambiar
campaigns-edit-again = Al cambiarla vuelve a ser un borrador, y hay que aprobarla otra vez.
campaigns-second-person = La aprueba otra persona: quien la escribe no la aprueba.
campaigns-decide-lead = Mira a quién va, qué dice y a quién se deja aparte. Con tu conformidad puede salir.
campaigns-note = Nota
campaigns-note-missing = Di qué hay que cambiar: sin eso no se puede devolver.
campaigns-approve = Aprobar
campaigns-send-back = Devolver
campaigns-hour = Día y hora
campaigns-hour-hint = En blanco: ahora. En las horas de silencio espera hasta la mañana.
campaigns-wrong-hour = No se entiende la hora. Elige un día y una hora, o déjalo en blanco para enviar ahora.
campaigns-schedule = Programar
campaigns-cancel = Anular la campaña
campaigns-cancel-lead = No saldrá ninguna carta más. Las que ya salieron no vuelven.
campaigns-cancel-do = Anular
campaigns-quiet = Son horas de silencio: sigue { $at }.
campaigns-tried = La carta de prueba ha salido hacia tu dirección.
campaigns-audience = Audiencia
campaigns-audience-changed = La audiencia ha cambiado desde que se pidió la aprobación. La campaña va a quien cumple lo aprobado.
campaigns-reaches = Hoy llegaría a { $reachable } de { $matched } personas que cumplen la condición.
campaigns-left-alone = Se deja aparte un { $share } % para comparar, y se cuentan las compras de { $days } días.
campaigns-left-alone-of = Se dejó aparte un { $share } % para comparar, y se cuentan estas compras: { $days }.
campaigns-letters = Qué dice
campaigns-letters-lead = Así la lee alguien sin nombre conocido. Lo que sale es esto mismo, octeto por octeto.
campaigns-words-in = { $variant } · { $language }
campaigns-letter-html = Ver con su diseño
campaigns-try = Enviármela de prueba
campaigns-no-portal = El programa no tiene una marca con portal, y sin portal nadie podría darse de baja. Ponle una antes de enviar.
campaigns-talk = Conversación
campaigns-nothing-said = Nadie ha dicho nada todavía.
campaigns-approved = Aprobada
campaigns-sent-back = Devuelta
campaigns-say = Decir algo
campaigns-say-send = Enviar
campaigns-form-lead = Guardar no envía nada. Después la aprueba otra persona y recibe su hora.
campaigns-no-audience = Primero hace falta una audiencia.
campaigns-look-again = Falta algo: está señalado abajo.
campaigns-name = Nombre
campaigns-name-hint = Para el equipo; los socios no lo ven.
campaigns-purpose = Para qué
campaigns-holdout = Apartados (%)
campaigns-holdout-hint = Elegidos al azar, no reciben nada: con ellos se ve qué ha cambiado.
campaigns-window = Días que se cuentan
campaigns-window-hint = Compras desde el día del envío, hasta 90 días.
campaigns-places = Se puede decir:
campaigns-second = Segunda versión, para comparar
campaigns-second-hint = La mitad recibe una y la otra mitad la otra. En blanco no hay segunda versión.
campaigns-subject = Asunto
campaigns-body = Texto
campaigns-button = Botón
campaigns-link = A dónde lleva (https:// o /rewards)
campaigns-keep = Guardar
campaigns-leave = Dejarlo
campaigns-wrong-name = Hace falta, en 120 caracteres como mucho.
campaigns-wrong-holdout = De 0 a 50.
campaigns-wrong-window = De 1 a 90 días.
campaigns-wrong-texts = Escribe al menos en la primera lengua.
campaigns-policy = Cuánto se escribe
campaigns-policy-lead = Vale para todas las campañas, y se mira en el momento en que sale cada carta.
campaigns-policy-told = { $n ->
    [one] Una campaña por semana como mucho, silencio de { $from } a { $to } h, un { $share } % nunca recibe nada
   *[other] { $most } campañas por semana como mucho, silencio de { $from } a { $to } h, un { $share } % nunca recibe nada
}
campaigns-policy-most = Campañas por socio en siete días
campaigns-policy-most-hint = De 1 a 7. Quien ya las tuvo no recibe la siguiente.
campaigns-policy-from = Silencio desde las
campaigns-policy-from-hint = Hora entera, de 0 a 23, en la zona del cliente.
campaigns-policy-to = Hasta las
campaigns-policy-to-hint = La misma hora en los dos: sin silencio.
campaigns-policy-universal = Nunca reciben nada (%)
campaigns-policy-universal-hint = De 0 a 50. Siempre las mismas personas: con ellas se ve qué consiguen todas las campañas juntas.
campaigns-policy-wrong = No es un valor posible.
campaigns-policy-saved = Guardado. Vale desde ahora.
campaigns-results = Qué ha pasado
campaigns-sent = Entregadas al correo
campaigns-bounced = Devueltas
campaigns-withheld = Retenidas
campaigns-waiting = En espera
campaigns-unsubscribed = Bajas
campaigns-complained = Quejas
campaigns-reasons = Por qué no:
campaigns-reason-gone = ya no es socio
campaigns-reason-suspended = suspendido
campaigns-reason-no-consent = sin permiso al salir
campaigns-reason-no-address = sin dirección
campaigns-reason-universal = nunca recibe nada
campaigns-reason-cap = ya tuvo bastantes esta semana
campaigns-reason-returned = volvió después
campaigns-reason-gave-up = el servidor no contestó en dos días
campaigns-reason-no-words = sin texto en su lengua
campaigns-reason-refused = rechazada ({ $code })
campaigns-effect = Qué ha cambiado
campaigns-days-over = Compras: { $days }. Cada cual cuenta en el grupo que le tocó, le llegara o no la carta.
campaigns-days-open = Compras: { $days }. Los días no han terminado: las cifras todavía se mueven.
campaigns-no-holdout = No se dejó a nadie aparte: no se puede decir qué habría pasado sin la campaña.
campaigns-ratio-broken = { $one } y { $other } no tienen el tamaño que da el azar (p = { $p }). Algo sacó a personas de un grupo: no se lee ningún resultado. Revisa los datos antes de seguir.
campaigns-compare = { $one } frente a { $other }
campaigns-too-few = Demasiado pocas personas para decir algo.
campaigns-higher = Más
campaigns-lower = Menos
campaigns-not-conclusive = No es concluyente
campaigns-buyers-told = Compradores: { $estimate } puntos porcentuales, entre { $low } y { $high } con un 95 % de confianza.
campaigns-spent-told = Gasto por persona: { $estimate }, entre { $low } y { $high }.
campaigns-incremental = En todo el grupo: { $estimate } de ventas añadidas, entre { $low } y { $high }.
campaigns-detectable = Con estos grupos solo se vería una diferencia de { $least } puntos porcentuales o más.
campaigns-groups = Los grupos
campaigns-group = Grupo
campaigns-people = Personas
campaigns-buyers = Compradores
campaigns-share = Compran
campaigns-share-title = Cuántos compran
campaigns-share-lead = La parte de cada grupo que compró al menos una vez.
campaigns-purchases = Compras
campaigns-spent = Gasto
campaigns-table = Ver la tabla
campaigns-arm-treated = Con carta
campaigns-arm-holdout = Apartados
campaigns-arm-universal = Nunca reciben nada
campaigns-arm-variant = Versión { $name }
campaigns-people-title = Personas de la campaña
campaigns-people-lead = Las filas detrás de cada cifra: qué grupo le tocó a cada cual, qué fue de su carta y qué compró.
campaigns-people-none = Nadie aquí.
campaigns-filter = Qué personas
campaigns-everybody = Todas
campaigns-member = Socio
campaigns-letter = Carta
campaigns-letter-ready = En espera
campaigns-letter-handing = En manos del correo
campaigns-letter-sent = Entregada
campaigns-letter-bounced = Devuelta
campaigns-letter-withheld = Retenida
campaigns-letter-kept = Sin carta
campaigns-letter-unsubscribed = Se dio de baja
campaigns-letter-complained = Se quejó
campaigns-letter-bought = Compró
campaigns-letter-why = { $tone ->
    [usted] Recibe esta carta porque aceptó recibir mensajes de { $brand }.
   *[tu] Recibes esta carta porque aceptaste recibir mensajes de { $brand }.
}
campaigns-letter-leave = { $tone ->
    [usted] Dejar de recibirlas
   *[tu] Dejar de recibirlas
}
campaigns-leave-title = Dejar de recibir cartas
campaigns-leave-lead = { $tone ->
    [usted] Dejará de recibir correos de este tipo: { $purpose }. Sus puntos no cambian.
   *[tu] Dejarás de recibir correos de este tipo: { $purpose }. Tus puntos no cambian.
}
campaigns-leave-do = Dejar de recibirlas
campaigns-leave-done = { $tone ->
    [usted] Hecho: no recibirá más. Puede tardar lo que tarda una carta que ya iba de camino.
   *[tu] Hecho: no recibirás más. Puede tardar lo que tarda una carta que ya iba de camino.
}
campaigns-leave-back = { $tone ->
    [usted] Si cambia de idea, en «Permisos y preferencias» puede volver a pedirlas.
   *[tu] Si cambias de idea, en «Permisos y preferencias» puedes volver a pedirlas.
}
campaigns-leave-unknown = { $tone ->
    [usted] Este enlace no es de ninguna carta nuestra. Ábralo otra vez desde la carta, o entre y vaya a «Permisos y preferencias».
   *[tu] Este enlace no es de ninguna carta nuestra. Ábrelo otra vez desde la carta, o entra y ve a «Permisos y preferencias».
}
campaigns-channel = Por dónde
campaigns-channel-email = Por correo electrónico
campaigns-channel-post = Por correo postal, en papel
campaigns-paper = En papel
campaigns-paper-lead = Para las cartas por correo postal. La dirección sale de estos datos de los socios:
campaigns-reward = Código en la carta
campaigns-reward-none = Sin código
campaigns-reward-hint = Un vale del programa. Cada persona recibe un código que la caja acepta una vez.
campaigns-wrong-reward = Tiene que ser un vale del programa del público, y la carta, por correo postal.
campaigns-per-address = Una sola carta por domicilio
campaigns-letters-paper = Esto es lo que dice. En el PDF se ve la página tal como se imprimirá, a nombre de alguien inventado.
campaigns-letter-pdf = Ver la página (PDF)
campaigns-laid = En la tirada
campaigns-run = Para la imprenta
campaigns-run-none = No hay ninguna carta: no se podía escribir a nadie en papel.
campaigns-run-told = { $n ->
    [one] Una carta, con su página y su fila.
   *[other] { $letters } cartas, cada una con su página y su fila, por orden de código postal.
}
campaigns-run-letters = Cartas (PDF)
campaigns-run-rows = Filas (CSV)
campaigns-run-hint = A4 con 3 mm de sangre y marcas de corte; los colores son CMYK sin perfil. Los dos archivos llevan nombres y direcciones: no se los des a nadie más.
campaigns-codes-used = { $n ->
    [0] Ningún código ha llegado todavía a una caja.
    [one] Un código ha llegado a una caja.
   *[other] { $used } códigos han llegado a una caja.
}
campaigns-zones = Cartas por zona postal
campaigns-zone = País y zona postal
campaigns-zone-letters = Cartas
campaigns-page = página { $page }
campaigns-letter-used = Código usado
campaigns-reason-cancelled = la campaña se canceló antes de imprimir
campaigns-reason-came-back = una carta anterior volvió de allí
campaigns-reason-same-address = otra carta va al mismo domicilio
campaigns-post-code = { $tone ->
    [usted] Enseñe este código en caja
   *[tu] Enseña este código en caja
}
campaigns-post-code-until = { $tone ->
    [usted] Enseñe este código en caja hasta el { $day }
   *[tu] Enseña este código en caja hasta el { $day }
}
campaigns-post-why = { $tone ->
    [usted] Recibe esta carta porque aceptó recibir correo postal de { $brand }. Para dejar de recibirla: { $site }, en «Permisos y preferencias».
   *[tu] Recibes esta carta porque aceptaste recibir correo postal de { $brand }. Para dejar de recibirla: { $site }, en «Permisos y preferencias».
}
campaigns-letter-why-service = { $tone ->
    [usted] Recibe esta carta porque se ha dado de alta en { $brand }.
   *[tu] Recibes esta carta porque te has dado de alta en { $brand }.
}
campaigns-letter-useful = { $tone ->
    [usted] ¿Le resultó útil?
   *[tu] ¿Te resultó útil?
}
campaigns-letter-useful-yes = Sí
campaigns-letter-useful-no = No
campaigns-useful-title = ¿Fue útil la carta?
campaigns-useful-lead = { $tone ->
    [usted] Díganoslo con un toque: así escribimos mejor la siguiente.
   *[tu] Dínoslo con un toque: así escribimos mejor la siguiente.
}
campaigns-useful-done = Gracias. Queda apuntado.
