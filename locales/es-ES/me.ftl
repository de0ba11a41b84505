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
me-device-end-others = Cerrar todas las demás
me-more = { $tone ->
    [usted] Sus decisiones
   *[tu] Tus decisiones
}
me-moved = { $tone ->
    [usted] Su correo nuevo ya vale. Durante un día no podrá canjear, por seguridad, y hemos avisado al correo de antes.
   *[tu] Tu correo nuevo ya vale. Durante un día no podrás canjear, por seguridad, y hemos avisado al correo de antes.
}
me-data = { $tone ->
    [usted] Descargar mis datos
   *[tu] Descargar mis datos
}
me-data-lead = { $tone ->
    [usted] Todo lo que guardamos de usted, en un fichero que cualquier ordenador sabe leer.
   *[tu] Todo lo que guardamos de ti, en un fichero que cualquier ordenador sabe leer.
}
me-data-take = Descargar todo (JSON)
me-data-csv = Solo movimientos (CSV)
me-leave = Darme de baja
me-leave-lead = { $tone ->
    [usted] Sentimos que se vaya. Esto es lo que pasará:
   *[tu] Sentimos que te vayas. Esto es lo que pasará:
}
me-leave-lose = { $tone ->
    [usted] Pierde { $points }. No se pueden recuperar.
   *[tu] Pierdes { $points }. No se pueden recuperar.
}
me-leave-data = { $tone ->
    [usted] Borramos su nombre, sus números y sus datos de contacto.
   *[tu] Borramos tu nombre, tus números y tus datos de contacto.
}
me-leave-books = Los asientos contables se quedan, sin nada que los una a una persona.
me-leave-spend = { $tone ->
    [usted] Canjear antes mis puntos
   *[tu] Canjear antes mis puntos
}
me-leave-sure = Lo entiendo y quiero darme de baja
me-leave-tick = Marca la casilla para seguir.
me-leave-do = Darme de baja
me-left = Hecho
me-left-lead = { $tone ->
    [usted] Ya no guardamos sus datos. Puede volver cuando quiera.
   *[tu] Ya no guardamos tus datos. Puedes volver cuando quieras.
}
me-profile = Nombre y dirección
me-profile-lead = { $tone ->
    [usted] Solo lo que usted quiera decirnos; lo que borre aquí, se borra.
   *[tu] Solo lo que quieras decirnos; lo que borres aquí, se borra.
}
me-profile-given-name = Nombre
me-profile-surname = Apellidos
me-profile-address = Calle y número
me-profile-postal-code = Código postal
me-profile-city = Población
me-profile-save = Guardar
me-profile-saved = Guardado.
me-profile-none = Aquí no guardamos nombre ni dirección.
me-profile-long = Es demasiado largo: 200 letras como mucho.
me-profile-needed = No puede quedar vacío.
me-email = Cambiar de correo
me-email-lead = { $tone ->
    [usted] Le enviaremos un código al correo nuevo y un aviso al de ahora.
   *[tu] Te enviaremos un código al correo nuevo y un aviso al de ahora.
}
me-email-new = Correo nuevo
me-email-send = Enviar código
me-email-code = { $tone ->
    [usted] Escriba el código que ha llegado al correo nuevo.
   *[tu] Escribe el código que ha llegado al correo nuevo.
}
me-email-do = Cambiar
me-email-taken = Ese correo ya es de otra cuenta.
me-mail-subject = { $tone ->
    [usted] Ha cambiado su correo en { $brand }
   *[tu] Ha cambiado tu correo en { $brand }
}
me-mail-lead = { $tone ->
    [usted] Alguien con acceso a su cuenta de { $brand } ha puesto otro correo en lugar de este.
   *[tu] Alguien con acceso a tu cuenta de { $brand } ha puesto otro correo en lugar de este.
}
me-mail-after = { $tone ->
    [usted] Si ha sido usted, no tiene que hacer nada. Si no, llámenos hoy: durante un día nadie puede canjear sus puntos.
   *[tu] Si has sido tú, no tienes que hacer nada. Si no, llámanos hoy: durante un día nadie puede canjear tus puntos.
}
