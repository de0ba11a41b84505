# Entrar, apuntarse y salir.
sessions-sign-in = Entrar
sessions-sign-in-lead = { $tone ->
    [usted] Le enviaremos un código a su correo. Sin contraseñas.
   *[tu] Te mandamos un código al correo. Sin contraseñas.
}
sessions-who = { $tone ->
    [usted] Su correo, teléfono o número de tarjeta
   *[tu] Tu correo, teléfono o número de tarjeta
}
sessions-who-hint = También vale una tarjeta antigua.
sessions-who-wrong = { $tone ->
    [usted] Escriba su correo, su teléfono o el número de su tarjeta.
   *[tu] Escribe tu correo, tu teléfono o el número de tu tarjeta.
}
sessions-send-code = { $tone ->
    [usted] Enviar el código
   *[tu] Mandar el código
}
sessions-no-account = { $tone ->
    [usted] ¿Aún no es socio?
   *[tu] ¿Aún no eres del club?
}
sessions-join-link = { $tone ->
    [usted] Inscríbase
   *[tu] Apúntate
}
sessions-join = { $tone ->
    [usted] Bienvenido a { $brand }
   *[tu] Apúntate a { $brand }
}
sessions-join-lead = { $tone ->
    [usted] Basta su correo. Es gratis y puede darse de baja cuando quiera.
   *[tu] Solo hace falta tu correo. Es gratis y te vas cuando quieras.
}
sessions-email = { $tone ->
    [usted] Su correo
   *[tu] Tu correo
}
sessions-email-wrong = { $tone ->
    [usted] Escriba el correo completo, como nombre@ejemplo.com.
   *[tu] Escribe el correo entero, como nombre@ejemplo.com.
}
sessions-join-act = { $tone ->
    [usted] Inscribirme
   *[tu] Apuntarme
}
sessions-terms = { $tone ->
    [usted] Al inscribirse acepta las reglas del programa.
   *[tu] Al apuntarte aceptas las reglas del programa.
}
sessions-terms-link = Leerlas
sessions-has-account = { $tone ->
    [usted] ¿Ya es socio?
   *[tu] ¿Ya eres del club?
}
sessions-promise-one = { $tone ->
    [usted] Acumula con cada compra, también en la web
   *[tu] Sumas con cada compra, en tienda y en la web
}
sessions-promise-two = { $tone ->
    [usted] Ve siempre cuánto valen y hasta cuándo
   *[tu] Ves siempre cuánto valen y hasta cuándo
}
sessions-promise-three = { $tone ->
    [usted] Si algo no suma, le decimos por qué
   *[tu] Si algo no suma, te decimos por qué
}
sessions-code = { $tone ->
    [usted] Revise su correo
   *[tu] Mira tu correo
}
sessions-code-lead = { $tone ->
    [usted] Si esos datos corresponden a una cuenta, o si se está inscribiendo, acaba de salir un código de seis cifras. Vale diez minutos.
   *[tu] Si esos datos son de una cuenta, o te estás apuntando, acaba de salir un código de seis cifras. Vale diez minutos.
}
sessions-code-label = Código
sessions-code-hint = Seis cifras, sin espacios
sessions-code-act = Entrar
sessions-code-wrong = { $tone ->
    [usted] Ese código no es correcto o ya no vale. Revíselo o pida otro.
   *[tu] Ese código no es correcto o ya no vale. Míralo otra vez o pide otro.
}
sessions-code-none = ¿No llega?
sessions-code-again = Pedir otro código
sessions-nobody = { $tone ->
    [usted] Aún no tiene cuenta
   *[tu] Aún no tienes cuenta
}
sessions-nobody-lead = { $tone ->
    [usted] { $email } es suyo, pero todavía no es socio. ¿Desea inscribirse?
   *[tu] { $email } es tuyo, pero aún no tienes cuenta. ¿La creamos?
}
sessions-tenants = ¿Para quién trabajas ahora?
sessions-tenants-lead = Elige el cliente. Lo verás siempre arriba.
sessions-no-tenant = Todavía no trabajas para nadie
sessions-no-tenant-lead = Tu cuenta no pertenece a ningún cliente. Pide a quien administra que te añada.
sessions-letters = Es una demostración: el correo está aquí
sessions-letters-title = Correo de la demostración
sessions-letters-lead = Nada sale de esta máquina. Aquí se ve lo que se habría enviado.
sessions-letters-none = Todavía no hay ninguno.

# El correo con el código.
sessions-mail-subject = { $code }, { $tone ->
    [usted] su código para entrar en { $brand }
   *[tu] tu código para entrar en { $brand }
}
sessions-mail-lead = { $tone ->
    [usted] Este es su código para entrar:
   *[tu] Este es tu código para entrar:
}
sessions-mail-after = { $tone ->
    [usted] Vale diez minutos. Si no lo ha pedido, no tiene que hacer nada: sin él nadie entra.
   *[tu] Vale diez minutos. Si no lo has pedido, no tienes que hacer nada: sin él no entra nadie.
}

# El equipo.
sessions-login = Usuario
sessions-password = Contraseña
sessions-second = Código de verificación
sessions-second-hint = Las seis cifras de tu aplicación
sessions-staff-wrong = Los datos no coinciden. Tras varios intentos hay que esperar un cuarto de hora.
sessions-privacy = { $tone ->
    [usted] Qué hacemos con sus datos:
   *[tu] Qué hacemos con tus datos:
}

# Lo propio del equipo.
sessions-own-title = Mi acceso
sessions-own-change = Cambiar la contraseña
sessions-own-first = Elegir una contraseña
sessions-own-ends = Al guardarla se cierran todas las demás sesiones.
sessions-own-old = Contraseña actual
sessions-own-new = Contraseña nueva
sessions-own-length = De 12 a 200 caracteres. Una frase larga se recuerda mejor.
sessions-own-again = La nueva, otra vez
sessions-own-set = Guardar contraseña
sessions-own-differs = No coincide con la nueva.
sessions-own-wrong = La contraseña actual o el código no son correctos. Cada código vale una sola vez.
sessions-own-devices = Dónde hay sesión abierta
sessions-own-unknown = Otro navegador
sessions-own-here = Este
sessions-own-end = Cerrar
sessions-own-seen = Última vez: { $at }
sessions-own-done = La contraseña nueva ya vale. Las demás sesiones se han cerrado.
sessions-factor-title = El segundo factor
sessions-factor-lead = Léelo con una aplicación de códigos. Desde ahora se entra con la contraseña y un código de seis cifras.
sessions-factor-code = Código QR del segundo factor
sessions-factor-typed = ¿Sin cámara? Escribe esta clave en la aplicación:
sessions-factor-open = Abrir la aplicación de este dispositivo
sessions-factor-once = Se muestra solo esta vez.
sessions-factor-done = Ya lo tengo

# Antes de lo que no se puede deshacer.
sessions-prove = { $tone ->
    [usted] Confirme que es usted
   *[tu] Confirma que eres tú
}
sessions-prove-back = Volver
sessions-prove-lead = { $tone ->
    [usted] Antes de seguir le hemos enviado un código a su correo.
   *[tu] Antes de seguir te hemos enviado un código a tu correo.
}
sessions-prove-nowhere = { $tone ->
    [usted] No tenemos un correo suyo al que enviar un código. Llámenos y lo hacemos con usted.
   *[tu] No tenemos un correo tuyo al que enviar un código. Llámanos y lo hacemos contigo.
}
