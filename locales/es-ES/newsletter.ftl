# El boletín: la lista de cada marca, sus cartas y sus números. newsletter-consent se guarda como prueba: no depende del tono.
newsletter-title = Las noticias de { $brand }, por correo
newsletter-lead = { $tone ->
    [usted] Novedades y propuestas de la marca. Se dará de baja cuando quiera, con un clic y sin entrar.
   *[tu] Novedades y propuestas de la marca. Te das de baja cuando quieras, con un clic y sin entrar.
}
newsletter-about = De qué hablamos:
newsletter-email = Correo electrónico
newsletter-email-wrong = { $tone ->
    [usted] Escriba una dirección completa, como ana@example.com.
   *[tu] Escribe una dirección completa, como ana@example.com.
}
newsletter-act = Suscribirme
newsletter-consent = Al confirmar la suscripción, { $brand } enviará su boletín a esta dirección: noticias, actualizaciones y propuestas comerciales de la marca. Cada envío lleva el enlace para darse de baja, sin iniciar sesión. No hace falta ser del club, y suscribirse no inscribe en él. Una dirección sin confirmar se borra a los siete días.
newsletter-closed = Ahora mismo no se admiten suscripciones nuevas.
newsletter-archive = Números anteriores
newsletter-archive-lead = Lo que { $brand } ha enviado a su lista.
newsletter-archive-none = Todavía no se ha enviado ninguno.
newsletter-joins = Suscribirse al boletín
newsletter-asked = { $tone ->
    [usted] Mire su correo
   *[tu] Mira tu correo
}
newsletter-asked-lead = { $tone ->
    [usted] Si la dirección es suya, en un momento tendrá una carta con lo que falta por hacer. Sin ese paso no se envía nada.
   *[tu] Si la dirección es tuya, en un momento tendrás una carta con lo que falta por hacer. Sin ese paso no se envía nada.
}
newsletter-asked-none = ¿No llega? Puede estar entre el correo no deseado.
newsletter-again = Probar otra vez
newsletter-confirm = { $tone ->
    [usted] Confirme su suscripción
   *[tu] Confirma tu suscripción
}
newsletter-confirm-lead = Un paso más y queda hecho.
newsletter-confirm-do = Confirmar la suscripción
newsletter-confirm-over = El enlace ya no vale: se usó, o pasaron los siete días.
newsletter-welcome = { $greeting ->
    [inclusive] ¡Bienvenid@! Gracias por la suscripción
   *[plain] { $tone ->
        [usted] ¡Le damos la bienvenida! Gracias por suscribirse
       *[tu] ¡Te damos la bienvenida! Gracias por suscribirte
    }
}
newsletter-welcome-lead = { $tone ->
    [usted] Recibirá nuestras próximas noticias.
   *[tu] Recibirás nuestras próximas noticias.
}
newsletter-welcome-next = { $tone ->
    [usted] Le hemos escrito: en esa carta, y en cada envío, está el enlace para elegir temas e idioma, y para darse de baja.
   *[tu] Te hemos escrito: en esa carta, y en cada envío, está el enlace para elegir temas e idioma, y para darte de baja.
}
newsletter-mine = { $tone ->
    [usted] Sus preferencias
   *[tu] Tus preferencias
}
newsletter-saved = Guardado.
newsletter-unknown = Este enlace no es de ninguna carta nuestra.
newsletter-off = Esta dirección no está en la lista: no se le envía nada más.
newsletter-topics = Temas
newsletter-topics-lead = Lo que no esté marcado no llega.
newsletter-language = Idioma
newsletter-save = Guardar
newsletter-leave = Darse de baja
newsletter-leave-lead = { $tone ->
    [usted] No recibirá ningún boletín más desde este momento. Si es del club, sus puntos y su cuenta siguen igual.
   *[tu] No recibirás ningún boletín más desde este momento. Si eres del club, tus puntos y tu cuenta siguen igual.
}
newsletter-leave-do = Darme de baja
# Las cartas.
newsletter-letter-own = Preferencias
newsletter-letter-leave = Darse de baja
newsletter-letter-why = { $tone ->
    [usted] Recibe este correo porque se suscribió al boletín de { $brand } y lo confirmó.
   *[tu] Recibes este correo porque te suscribiste al boletín de { $brand } y lo confirmaste.
}
newsletter-letter-asked = { $tone ->
    [usted] Recibe este correo porque alguien escribió esta dirección en la página de { $brand }.
   *[tu] Recibes este correo porque alguien escribió esta dirección en la página de { $brand }.
}
newsletter-mail-confirm-subject = { $tone ->
    [usted] Confirme su suscripción al boletín de { $brand }
   *[tu] Confirma tu suscripción al boletín de { $brand }
}
newsletter-mail-confirm-body =
    Alguien ha pedido el boletín de { $brand } para esta dirección. { $tone ->
        [usted] Si fue usted, confírmelo
       *[tu] Si fuiste tú, confírmalo
    } en la página que abre el botón. El enlace vale siete días.
    { "" }
    { $tone ->
        [usted] Si no fue usted, no haga nada: no le escribiremos más.
       *[tu] Si no fuiste tú, no hagas nada: no te escribiremos más.
    }
newsletter-mail-already-subject = { $tone ->
    [usted] Ya está en la lista de { $brand }
   *[tu] Ya estás en la lista de { $brand }
}
newsletter-mail-already-body = { $tone ->
    [usted] Alguien ha pedido el boletín para esta dirección, que ya lo recibe. No tiene que hacer nada. Abajo están sus preferencias y la baja.
   *[tu] Alguien ha pedido el boletín para esta dirección, que ya lo recibe. No tienes que hacer nada. Abajo están tus preferencias y la baja.
}
newsletter-mail-welcome-subject = { $greeting ->
    [inclusive] ¡Bienvenid@! Gracias por la suscripción
   *[plain] { $tone ->
        [usted] ¡Le damos la bienvenida! Gracias por suscribirse
       *[tu] ¡Te damos la bienvenida! Gracias por suscribirte
    }
}
newsletter-mail-welcome-body = { $tone ->
    [usted] Ya está en la lista de { $brand }: le llegará el próximo número. Mientras tanto, los anteriores se leen en la web.
   *[tu] Ya estás en la lista de { $brand }: te llegará el próximo número. Mientras tanto, los anteriores se leen en la web.
}
# La consola.
newsletter-desk-lead = Lo que cada marca envía a quien se suscribió, sea o no del club.
newsletter-new = Nuevo número
newsletter-edit = Cambiar el número
newsletter-edit-again = Al cambiarlo vuelve a ser un borrador, y hay que aprobarlo otra vez.
newsletter-settings = Ajustes
newsletter-settings-lead = Si se admite a gente nueva, cómo se la saluda y de qué se habla.
newsletter-no-list = Ninguna marca tiene boletín todavía. Ábrelo en los ajustes.
newsletter-is-closed = Cerrado
newsletter-list-active = En la lista
newsletter-list-asked = Sin confirmar
newsletter-list-left = De baja
newsletter-list-bounced = Devueltas
newsletter-list-complained = Con queja
newsletter-issues = Números
newsletter-no-issue = Todavía no hay números. Escribe el primero: nadie lo recibe hasta que otra persona lo apruebe.
newsletter-whole-list = A toda la lista
newsletter-list = A quién
newsletter-wrong-list = Elige un boletín y un tema que existan.
newsletter-way = El camino del número
newsletter-cancel = Anular el número
newsletter-decide-lead = Léelo como lo va a leer la lista. Con tu conformidad puede salir.
newsletter-came = Qué ha sido de las cartas
newsletter-came-sent = Entregadas al servidor
newsletter-came-waiting = Por salir
newsletter-came-withheld = Retenidas: ya no la querían
newsletter-came-bounced = Devueltas
newsletter-came-left = Bajas con esta carta
newsletter-came-complained = Quejas
newsletter-letters-lead = Así se lee. Lo que sale es esto mismo, octeto por octeto.
newsletter-said = Conformidad
newsletter-form-lead = Guardar no envía nada. Después lo aprueba otra persona y recibe su hora.
newsletter-needs-portal = Sin portal no hay dónde suscribirse ni darse de baja.
newsletter-open = Se admiten suscripciones
newsletter-greeting = Saludo en español
newsletter-greeting-word = { $greeting ->
    [inclusive] ¡Bienvenid@!
   *[plain] ¡Te damos la bienvenida!
}
newsletter-topics-hint = En blanco: un solo tema. Quien está en la lista puede quitar los que no quiera.
newsletter-topic-code = Código del tema { $number }
newsletter-topic-es = Tema { $number } en español
newsletter-topic-en = Tema { $number } en inglés
newsletter-wrong-topics = Cada tema lleva un código (a-z, 0-9 y guion) y un nombre.
