# Yo.
me-title = { $tone ->
    [usted] Sus datos
   *[tu] Tus datos
}
me-since = Con nosotros desde el { $day }
me-names = { $tone ->
    [usted] Cómo le reconocemos
   *[tu] Cómo te reconocemos
}
me-names-lead = { $tone ->
    [usted] Con cualquiera de estos puede entrar o identificarse.
   *[tu] Con cualquiera de estos puedes entrar o identificarte.
}
me-scheme = { $scheme ->
    [email] Correo
    [phone] Teléfono
    [card] Tarjeta
    [external] Número de socio
   *[other] { $scheme }
}
me-devices = Dispositivos con la sesión abierta
me-device-unknown = Otro navegador
me-device-here = Este
me-device-end = Cerrar
me-device-seen = Última vez: { $at }
