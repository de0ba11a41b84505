# Lo que todas las páginas tienen en común.
web-skip = Ir al contenido
web-help = Ayuda
web-places = Secciones
web-foot = Más
web-program = Cómo funciona
web-language = Español
web-place-home = Inicio
web-place-points = Actividad
web-place-rewards = Recompensas
web-place-tier = Nivel
web-place-me = Yo
web-back-home = Volver al inicio
web-request = Si nos escribes por esto, dinos este código: { $id }
web-sign-out = Cerrar sesión

# La consola.
web-desk-tenant = Cliente
web-desk-choose = Cambiar
web-desk-overview = Resumen
web-desk-programs = Programas
