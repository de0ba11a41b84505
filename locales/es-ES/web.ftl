# Lo que todas las páginas tienen en común.
web-skip = Ir al contenido
web-help = Ayuda
web-menu = Menú
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
web-privacy = Privacidad
web-desk-me = Mi acceso
web-desk-more = Ver más
web-desks-client = Cliente
web-desks-program = Programa
web-desks-members = Socios
web-desks-campaigns = Campañas
web-desk-journeys = Recorridos
web-desk-campaigns = Campañas
web-desk-segments = Audiencias
web-desk-newsletter = Boletín
web-desks-systems = Sistemas
web-desks-team = Equipo
web-desk-members = Socios
web-desk-adjustments = Ajustes
web-desk-webhooks = Webhooks
web-desk-keys = Claves de API
web-desk-jobs = Tareas
web-desk-staff = Personas
web-desk-audit = Auditoría
web-desks-integration = Integración
web-desk-projects = Fusiones
web-desk-two-files = Dos ficheros
web-desk-imports = Importaciones
web-desk-styleguide = Guía de estilo
web-desk-workspace = Cliente
web-desk-discovery = Descubrimiento
web-desk-alignment = Alineación
web-desk-invitations = Invitaciones
web-desk-missions = Primeros pasos
web-share = Compartir
web-share-link = Enlace
web-share-copy = Copiar
web-share-mail = Por correo
web-share-messenger = Por mensaje
web-share-copied = Copiado.
web-desk-cases = Consultas
web-desk-vouchers = Entregas
web-desk-brand-kit = Aspecto de marca
web-desk-requests = Peticiones
web-desk-technology = Tecnología
web-desk-measures = Indicadores
web-desk-recommendations = Recomendaciones
web-desk-reports = Informes
web-term-hours = { $n ->
    [one] una hora
   *[other] { $number } horas
}
web-term-days = { $n ->
    [one] un día
   *[other] { $number } días
}
web-term-months = { $n ->
    [one] un mes
   *[other] { $number } meses
}
