# Passkeys, of members and staff.
passkeys-title = Llaves de acceso
passkeys-lead = { $tone ->
    [usted] Entre con la huella, el rostro o el PIN de su propio dispositivo. Sin códigos ni contraseñas.
   *[tu] Entra con la huella, el rostro o el PIN de tu propio dispositivo. Sin códigos ni contraseñas.
}
passkeys-back = Regresar
passkeys-none = Todavía no hay ninguna.
passkeys-unknown = Un dispositivo
passkeys-remove = Quitar
passkeys-made = Creada: { $at }
passkeys-used = Último uso: { $at }
passkeys-add = Agregar una llave de acceso
passkeys-cannot = Este navegador no puede crear llaves de acceso.
passkeys-stopped = { $tone ->
    [usted] Se canceló o tardó demasiado. Inténtelo de nuevo.
   *[tu] Se canceló o tardó demasiado. Inténtalo de nuevo.
}
passkeys-added = Llave de acceso agregada. La próxima vez bastará con ella.
passkeys-refused = { $tone ->
    [usted] No aceptamos la llave de acceso. Inténtelo de nuevo.
   *[tu] No aceptamos la llave de acceso. Inténtalo de nuevo.
}
passkeys-full = { $tone ->
    [usted] Ya hay diez llaves de acceso. Quite una antes.
   *[tu] Ya hay diez llaves de acceso. Quita una antes.
}
passkeys-sign-in = Usar una llave de acceso
passkeys-unknown-here = { $tone ->
    [usted] Aquí no conocemos esa llave de acceso. Entre de otra forma y agréguela en su página.
   *[tu] Aquí no conocemos esa llave de acceso. Entra de otra forma y agrégala en tu página.
}
passkeys-prove = { $tone ->
    [usted] La llave de acceso valdrá por la contraseña y el segundo factor. Confirme antes que es usted.
   *[tu] La llave de acceso valdrá por la contraseña y el segundo factor. Confirma antes que eres tú.
}
passkeys-go-on = Continuar
