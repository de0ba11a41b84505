# La casa del cliente.
workspace-lead = Lo que os necesita, cómo vamos y a quién llamar.
workspace-needs = Necesita a alguien
workspace-nothing = Nada os espera.
workspace-late = Tarde:
workspace-requests = Peticiones abiertas
workspace-no-requests = No hay nada abierto.
workspace-ask = Pedir o preguntar
workspace-contact = Vuestra persona
workspace-stands-in = Sustituye a { $who }, que está fuera
workspace-next-meeting = Próxima reunión
workspace-no-meeting = No hay ninguna convocada.
workspace-people = Personas
workspace-people-lead = De qué lado está cada quien, qué hace y quién le sustituye.
workspace-change-people = Cambiar
workspace-nobody = Nadie todavía.
workspace-away = Fuera
workspace-digest = El día de hoy
workspace-digest-lead = Lo que ha pasado el { $day }. Por la mañana sale por correo a quien lo quiera.
workspace-digest-needs = Necesita a alguien
workspace-digest-changed = Qué ha cambiado
workspace-digest-did = Qué hemos hecho
workspace-digest-none = Nada.
workspace-digest-subject = { $client }: el { $day }
workspace-digest-hello = { $name }, esto es lo del { $day } en { $client }.
workspace-lights = Objetivos
workspace-no-objectives = Aún no hay objetivos con indicador.
workspace-phone = Teléfono
workspace-deputy = Le sustituye
workspace-away-until = Fuera hasta
workspace-wants-digest = Quiere el correo diario
workspace-save = Guardar
workspace-side = Lado
workspace-duty = Qué hace
workspace-side-client = Cliente
workspace-side-partner = Agencia
workspace-more = { $n ->
    [one] Y una cosa más.
   *[other] Y más cosas: la consola las muestra todas.
}
workspace-duty-account-manager = Gestión de la cuenta
workspace-duty-deputy = Suplente
workspace-duty-strategist = Estrategia
workspace-duty-analyst = Análisis
workspace-duty-designer = Diseño
workspace-duty-engineer = Integración
workspace-duty-sponsor = Dirección
workspace-duty-program-manager = Responsable del programa
workspace-duty-finance = Finanzas
workspace-duty-legal = Legal
workspace-duty-support = Atención al socio
workspace-light-on = En camino
workspace-light-at-risk = En riesgo
workspace-light-off = Desviado
workspace-light-unknown = Sin lectura
workspace-need-draft = Publicar el borrador de { $what }
workspace-need-signature = Faltan firmas: { $what }
workspace-need-approval = Conformidad: { $what }
workspace-need-release = Publicar: { $what }
workspace-need-measure = Medir: { $what }
workspace-need-answer = Responder: { $what }
workspace-need-work = En marcha: { $what }
workspace-need-action = Tarea: { $what }
workspace-need-question = Descubrimiento: { $what }
workspace-need-competitor = Volver a mirar a { $what }
workspace-deed-added = { $n ->
    [one] { $who } anotó una cosa
   *[other] { $who } anotó { $number } cosas
}
workspace-deed-changed = { $n ->
    [one] { $who } cambió una anotación
   *[other] { $who } cambió { $number } anotaciones
}
workspace-deed-removed = { $n ->
    [one] { $who } quitó una anotación
   *[other] { $who } quitó { $number } anotaciones
}
workspace-deed-voted = { $n ->
    [one] { $who } dio un voto
   *[other] { $who } dio { $number } votos
}
workspace-deed-waived = { $n ->
    [one] { $who } dejó abierta una pregunta
   *[other] { $who } dejó abiertas { $number } preguntas
}
workspace-deed-form = { $n ->
    [one] { $who } envió un formulario
   *[other] { $who } envió { $number } formularios
}
workspace-deed-signed = { $n ->
    [one] { $who } firmó una vez
   *[other] { $who } firmó { $number } veces
}
workspace-deed-published = { $n ->
    [one] { $who } publicó una versión
   *[other] { $who } publicó { $number } versiones
}
workspace-deed-withdrawn = { $n ->
    [one] { $who } descartó un borrador
   *[other] { $who } descartó { $number } borradores
}
workspace-deed-asked = { $n ->
    [one] { $who } abrió una petición
   *[other] { $who } abrió { $number } peticiones
}
workspace-deed-answered = { $n ->
    [one] { $who } escribió en una petición
   *[other] { $who } escribió { $number } veces en peticiones
}
workspace-deed-linked = { $n ->
    [one] { $who } calculó el impacto de un cambio
   *[other] { $who } calculó el impacto de { $number } cambios
}
workspace-deed-decided = { $n ->
    [one] { $who } decidió sobre un cambio
   *[other] { $who } decidió sobre { $number } cambios
}
workspace-deed-released = { $n ->
    [one] { $who } publicó un cambio pedido
   *[other] { $who } publicó { $number } cambios pedidos
}
workspace-deed-measured = { $n ->
    [one] { $who } midió un cambio
   *[other] { $who } midió { $number } cambios
}
workspace-deed-closed = { $n ->
    [one] { $who } cerró una petición
   *[other] { $who } cerró { $number } peticiones
}
workspace-deed-escalated = { $n ->
    [one] Se elevó una petición por tarde
   *[other] Se elevaron { $number } peticiones por tarde
}
workspace-deed-other = { $n ->
    [one] { $who }: { $action }
   *[other] { $who }: { $action }, { $number } veces
}
workspace-deed-baseline = { $who } congeló los indicadores de referencia
workspace-need-limit = Límite casi alcanzado: { $what }
workspace-need-over = Límite superado: { $what }
workspace-deed-sorted = { $n ->
    [one] { $who } clasificó una petición
   *[other] { $who } clasificó { $number } peticiones
}
workspace-deed-gate = { $n ->
    [one] { $who } cambió lo que se exige antes de publicar
   *[other] { $who } cambió { $number } veces lo que se exige antes de publicar
}
workspace-deed-placed = { $n ->
    [one] { $who } colocó a una persona
   *[other] { $who } colocó a { $number } personas
}
workspace-deed-forecast = { $n ->
    [one] { $who } guardó una previsión
   *[other] { $who } guardó { $number } previsiones
}
workspace-deed-verified = { $n ->
    [one] { $who } verificó un punto de integración
   *[other] { $who } verificó { $number } puntos de integración
}
workspace-deed-key = { $n ->
    [one] { $who } creó una clave de API
   *[other] { $who } creó { $number } claves de API
}
