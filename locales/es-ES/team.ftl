# Quién trabaja aquí y qué se ha hecho.
team-when = Cuándo
team-who = Quién
team-what = Qué
team-object = Sobre qué
team-why = Por qué y detalle
team-audit-lead = Lo último primero. Cada entrada lleva el resumen criptográfico de la anterior: si alguien cambia una, se nota.
team-audit-none = Todavía no ha pasado nada que registrar.
team-chain-whole = Cadena íntegra
team-chain-broken = La cadena no cuadra a partir de la entrada { $at }. Alguien ha cambiado el registro: avisa a quien lleva la instalación.
team-job = Tarea
team-every = Cada
team-last = Última vez
team-done = Hecho
team-state = Estado
team-jobs-lead = El trabajo que se repite solo: caducidades, sellado del libro, webhooks.
team-seconds = { $n } s
team-job-what = { $job ->
    [cases-tell] Escribe a los socios que preguntaron
    [invitations-reward] Premia a quien trajo a alguien que ha comprado
    [invitations-forget] Olvida desde qué red se apuntó cada cual
    [missions-post] Anota los primeros pasos que quedaron a medias
    [expiry] Puntos que caducan o se liberan, y revisión de niveles
    [notices-find] Busca de qué avisar a quien lo pidió
    [notices-send] Envía los avisos a los navegadores
    [notices-forget] Olvida los avisos antiguos
    [sealing] Sella el libro de asientos
    [trials-forget] Olvida las pruebas con dos ficheros
    [wallet_passes-look] Mira qué tarjetas de cartera han cambiado
    [wallet_passes-tell] Avisa de los cambios a Apple y a Google
    [webhooks-fan_out] Reparte los mensajes entre los destinos
    [webhooks-deliver] Envía los mensajes
    [webhooks-forget] Olvida los envíos antiguos
   *[other] { "" }
}
team-never = Nunca
team-fails = Falla: { $n } seguidas
team-runs = En marcha
team-well = Bien
team-waits = Espera su turno
team-every-node = En cada servidor
team-key-name = Nombre
team-key-name-hint = Para reconocerla, como «caja 12».
team-role = Papel
team-made = Creada
team-key-end = Acción
team-revoked = Revocada
team-live = Vale
team-over = Caducada
team-revoke = Revocar
team-revoke-named = Revocar { $name }
team-keys-lead = Con una clave llaman los programas. Cada una tiene un papel y vale solo para este cliente.
team-keys-none = Todavía no hay claves. La primera suele ser la de la tienda en línea o la de una caja.
team-key-new = Crear una clave
team-key-scopes = Limitar a
team-key-scopes-hint = Opcional: por ejemplo, purchases:write members:read
team-key-make = Crear
team-key-made = La clave «{ $name }» está lista. Cópiala ahora.
team-once = Se muestra solo esta vez.
team-role-name = { $role ->
    [cashier] Caja
    [agent] Atención al cliente
    [analyst] Análisis
    [program_manager] Dirección del programa
    [finance] Finanzas
    [admin] Administración
    [backend] Sistema
    [platform] Instalación
   *[other] { $role }
}
team-staff-lead = Quién trabaja con este cliente y qué puede hacer.
team-invited = Pasa este enlace a { $login }: vale un día y una sola vez.
team-staff-new = Añadir a alguien
team-login = Con qué entra
team-login-hint = Lo habitual es su correo.
team-name = Nombre
team-staff-add = Añadir
team-no-password = sin contraseña
team-roles = Papeles
team-roles-set = Guardar papeles
team-reset-lead = ¿Perdió la contraseña o el teléfono? Un enlace nuevo deja sin valor la contraseña de ahora y cierra sus sesiones.
team-invite-lead = Todavía no puede entrar. Con el enlace elige su contraseña y su segundo factor.
team-reset = Dar un enlace nuevo
team-invite = Dar un enlace
team-elsewhere = Esta persona trabaja también para otros clientes: su contraseña la cambia quien lleva la instalación, con lazo staff password.
team-shown = Quien lo ve podría usarlo: hasta que la instalación ponga la contraseña, lo que haga esta persona cuenta como hecho por las dos.
team-mailed = Hemos enviado un enlace a { $login }: vale un día y una sola vez.
team-mail-failed = El servidor de correo no aceptó la carta. Inténtalo otra vez o avisa a quien lleva la instalación.
team-mail-subject = Tu acceso a { $client }
team-mail-lead = { $client } te da un sitio en su mesa de trabajo. Con este enlace eliges una contraseña y un segundo factor:
team-mail-after = Vale un día y una sola vez. Si no lo esperabas, no hagas nada.
