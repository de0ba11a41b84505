# Passkeys, of members and staff.
passkeys-title = Claves de acceso
passkeys-lead = { $tone ->
    [usted] Entre con la huella, la cara o el PIN de su propio dispositivo. Sin códigos ni contraseñas.
   *[tu] Entra con la huella, la cara o el PIN de tu propio dispositivo. Sin códigos ni contraseñas.
}
passkeys-back = Volver
passkeys-none = Todavía no hay ninguna.
passkeys-unknown = Un dispositivo
passkeys-remove = Quitar
passkeys-made = Creada: { $at }
passkeys-used = Último uso: { $at }
passkeys-add = Añadir una clave de acceso
passkeys-cannot = Este navegador no puede crear claves de acceso.
passkeys-stopped = { $tone ->
    [usted] Se ha cancelado o ha tardado demasiado. Inténtelo otra vez.
   *[tu] Se ha cancelado o ha tardado demasiado. Inténtalo otra vez.
}
passkeys-added = Clave de acceso añadida. La próxima vez bastará con ella.
passkeys-refused = { $tone ->
    [usted] No hemos aceptado la clave de acceso. Inténtelo otra vez.
   *[tu] No hemos aceptado la clave de acceso. Inténtalo otra vez.
}
passkeys-full = { $tone ->
    [usted] Ya hay diez claves de acceso. Quite una antes.
   *[tu] Ya hay diez claves de acceso. Quita una antes.
}
passkeys-sign-in = Usar una clave de acceso
passkeys-unknown-here = { $tone ->
    [usted] Aquí no conocemos esa clave de acceso. Entre de otra forma y añádala en su página.
   *[tu] Aquí no conocemos esa clave de acceso. Entra de otra forma y añádela en tu página.
}
passkeys-prove = { $tone ->
    [usted] La clave de acceso valdrá por la contraseña y el segundo factor. Confirme antes que es usted.
   *[tu] La clave de acceso valdrá por la contraseña y el segundo factor. Confirma antes que eres tú.
}
passkeys-go-on = Continuar
