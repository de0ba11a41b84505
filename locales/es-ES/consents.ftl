# Permisos y preferencias.
consents-title = Permisos y preferencias
consents-back = { $tone ->
    [usted] Volver a sus datos
   *[tu] Volver a tus datos
}
consents-lead = { $tone ->
    [usted] Usted decide para qué le escribimos y por dónde. Nada viene marcado de antemano.
   *[tu] Tú decides para qué te escribimos y por dónde. Nada viene marcado de antemano.
}
consents-purpose = { $purpose ->
    [offers] Ofertas y novedades
    [surveys] Encuestas
    [profile] Ofertas a medida
   *[partners] Otras empresas
}
consents-text = { $purpose ->
    [offers] Mensajes con ofertas y novedades del programa.
    [surveys] Preguntas breves sobre compras y servicios, como mucho una al mes.
    [profile] Usar las compras para elegir qué ofertas mostrar. Sin este permiso se ven las mismas que ve todo el mundo.
   *[partners] Mensajes nuestros con ofertas de empresas colaboradoras. No les damos ningún dato.
}
consents-channel = { $channel ->
    [email] Correo
    [sms] SMS
    [push] Avisos en el teléfono
    [post] Carta
   *[any] Sí, de acuerdo
}
consents-language = Idioma
consents-save = Guardar
consents-saved = Guardado.
consents-always = { $tone ->
    [usted] Los avisos sobre su cuenta, como los códigos para entrar o los puntos a punto de caducar, llegan siempre.
   *[tu] Los avisos sobre tu cuenta, como los códigos para entrar o los puntos a punto de caducar, llegan siempre.
}
