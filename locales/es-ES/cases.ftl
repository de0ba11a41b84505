# Consultas de socios al servicio de atención.
cases-mine = Mis consultas
cases-none = { $tone ->
    [usted] Aún no nos ha escrito.
   *[tu] Aún no nos has escrito.
}
cases-ask = { $tone ->
    [usted] Escríbanos
   *[tu] Escríbenos
}
cases-ask-lead = { $tone ->
    [usted] { $n ->
        [one] Le respondemos en un día laborable, aquí y por correo.
       *[other] Le respondemos en { $number } días laborables como mucho, aquí y por correo.
    }
   *[tu] { $n ->
        [one] Te respondemos en un día laborable, aquí y por correo.
       *[other] Te respondemos en { $number } días laborables como mucho, aquí y por correo.
    }
}
cases-about = ¿De qué se trata?
cases-question = { $tone ->
    [usted] Cuéntenos qué ha pasado
   *[tu] Cuéntanos qué ha pasado
}
cases-with-screen = { $tone ->
    [usted] Enviamos también en qué página estaba, para no tener que preguntárselo.
   *[tu] Enviamos también en qué página estabas, para no tener que preguntártelo.
}
cases-send = Enviar
cases-wrong = { $tone ->
    [usted] Elija de qué se trata y escriba su consulta, de hasta 4000 caracteres.
   *[tu] Elige de qué se trata y escribe tu consulta, de hasta 4000 caracteres.
}
cases-code = Clave de seguimiento { $code }
cases-answer-by = { $tone ->
    [usted] Le respondemos el { $day } a más tardar.
   *[tu] Te respondemos el { $day } a más tardar.
}
cases-sent = { $tone ->
    [usted] Enviado. Le avisamos por correo cuando haya respuesta.
   *[tu] Enviado. Te avisamos por correo cuando haya respuesta.
}
cases-you = { $tone ->
    [usted] Usted
   *[tu] Tú
}
cases-helped = { $tone ->
    [usted] ¿Le ha servido?
   *[tu] ¿Te ha servido?
}
cases-helped-yes = Sí
cases-helped-no = No
cases-thanks = { $tone ->
    [usted] Nos alegra haberle ayudado.
   *[tu] Nos alegra haberte ayudado.
}
cases-sorry = { $tone ->
    [usted] Lo sentimos. Escríbanos aquí abajo y lo volvemos a mirar.
   *[tu] Lo sentimos. Escríbenos aquí abajo y lo volvemos a mirar.
}
cases-more = Añadir algo
cases-topic = { $topic ->
    [points] { $tone ->
        [usted] Sus puntos
       *[tu] Tus puntos
    }
    [purchase] Una compra que no sumó
    [reward] Una recompensa o un cupón
    [account] { $tone ->
        [usted] Su cuenta y sus datos
       *[tu] Tu cuenta y tus datos
    }
    [merge] La unión de los programas
   *[other] Otra cosa
}
cases-state = { $state ->
    [open] en espera
    [answered] respondida
   *[closed] cerrada
}
cases-mail-arrived-subject = { $tone ->
    [usted] Hemos recibido su consulta { $code }
   *[tu] Hemos recibido tu consulta { $code }
}
cases-mail-arrived = { $tone ->
    [usted] Hemos recibido su consulta. Le respondemos el { $day } a más tardar. Esto es lo que nos ha escrito:
   *[tu] Hemos recibido tu consulta. Te respondemos el { $day } a más tardar. Esto es lo que nos has escrito:
}
cases-mail-answer-subject = { $tone ->
    [usted] Respuesta a su consulta { $code }
   *[tu] Respuesta a tu consulta { $code }
}
cases-mail-answer = { $tone ->
    [usted] { $brand } ha respondido a su consulta:
   *[tu] { $brand } ha respondido a tu consulta:
}
cases-mail-see = { $tone ->
    [usted] Véala entera y siga la conversación
   *[tu] Mírala entera y sigue la conversación
}
cases-desk-lead = Lo que preguntan los socios desde el portal. Primero quien antes tiene que recibir respuesta.
cases-states = Estados
cases-nobody-waits = Nadie espera respuesta.
cases-none-here = No hay ninguna.
cases-code-head = Clave de seguimiento
cases-member = Socio
cases-dossier = Abrir su ficha
cases-screen = Escribió desde
cases-language = Idioma
cases-owner = Lo lleva
cases-nobody = Nadie todavía
cases-did-help = ¿Le sirvió?
cases-said = Conversación
cases-answer = Respuesta
cases-answer-told = El socio la recibe por correo y la ve en su portal.
cases-answer-no-mail = No hay servidor de correo: el socio la ve en su portal.
cases-answer-send = Responder
cases-close = Cerrar sin más respuesta
cases-late = Tarde: { $at }
cases-due = Respuesta hasta { $at }
cases-tab = { $state ->
    [open] En espera
    [answered] Respondidas
   *[closed] Cerradas
}
