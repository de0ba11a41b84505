# Las audiencias: a quién se refiere una condición, y a quién de ellos se puede escribir.
segments-lead = Una audiencia es una pregunta que se responde cada vez: quién cumple esto hoy, y a quién de ellos se puede escribir.
segments-new = Nueva audiencia
segments-none = Todavía no hay audiencias. Empieza por una sencilla, por ejemplo quien no compra desde hace 60 días.
segments-told = { $who }, { $at } · { $program }
segments-outdated = La condición nombra algo que el programa ya no tiene, como un nivel que se quitó. Cámbiala para volver a contar.
segments-condition = Condición
segments-edit = Cambiar la audiencia
segments-write = Escribir a esta audiencia
segments-reachable = Se les puede escribir
segments-of = de { $matched } que cumplen la condición, entre { $members } socios · { $at }
segments-why = A quién no, y por qué
segments-why-lead = Cartas con ofertas: cuenta el permiso que cada persona dio, como está ahora.
segments-group = Grupo
segments-people = Personas
segments-table = Ver la tabla
segments-nobody = Nadie cumple la condición hoy. Prueba con números menos estrictos.
segments-barrier-suspended = Suspendidos
segments-barrier-no-consent = Sin permiso
segments-barrier-no-address = Sin dirección de correo
segments-shown = Los primeros
segments-shown-lead = Veinte personas de la audiencia como mucho, por su número, para comprobar que son quienes esperas.
segments-member = Socio
segments-balance = Puntos
segments-writes = Se le escribe
segments-yes = Sí
segments-campaigns = Campañas de esta audiencia
segments-counted = Hoy son
segments-form-lead = Responde solo a lo que importa; lo que queda en blanco no pide nada. Cuenta antes de guardar.
segments-name = Nombre
segments-name-hint = Como lo diría el equipo: «Dormidos con puntos».
segments-program = Programa
segments-questions = Quiénes son
segments-balance-from = Puntos: al menos
segments-balance-to = Puntos: como mucho
segments-bought-within = Han comprado en los últimos días
segments-silent-for = No compran desde hace días
segments-enrolled-within = Alta en los últimos días
segments-enrolled-for = Alta hace al menos días
segments-spent-from = Han gastado en un año al menos ({ $currency })
segments-tier = Nivel
segments-consent = Han dado permiso
segments-any = Da igual
segments-own-words = Escribir la condición (CEL)
segments-condition-hint = Si escribes aquí, las preguntas de arriba no cuentan. Ejemplo: balance >= 500 && days_since_purchase > 60
segments-names = Puede nombrar
segments-keep = Guardar
segments-count = Contar
segments-leave = Dejarlo
segments-wrong-number = Escribe un número, o nada.
segments-wrong-name = Hace falta, en 120 caracteres como mucho.
segments-rfm = Recencia, frecuencia e importe (RFM)
segments-rfm-title = Recencia, frecuencia, importe
segments-rfm-lead = { $people } personas compraron en los { $days } días hasta el { $day }. Cada una se compara con todas las demás.
segments-rfm-none = Nadie ha comprado todavía en un año. Los segmentos aparecen con las primeras compras.
segments-rfm-chart = Personas en cada segmento
segments-rfm-summary = De quienes vienen más y más recientemente a quienes llevan mucho sin venir.
segments-rfm-groups = Los once segmentos
segments-rfm-write = Abre uno para hacer de él una audiencia.
segments-rfm-group = Segmento
segments-rfm-what = Qué significa
segments-rfm-people = Personas
segments-rfm-purchases = Compras
segments-rfm-spent = Importe
segments-rfm-each = Por persona, de media
segments-rfm-how = Cómo se calcula
segments-rfm-how-told = Quienes compraron se ordenan tres veces: por cuánto hace de su última compra, por cuántas hicieron y por cuánto gastaron menos devoluciones. Cada orden se corta en cinco quintos, el 5 el mejor; valores iguales puntúan igual. El segmento sale de los dos primeros. Las audiencias también pueden usar las puntuaciones: recency, frequency y monetary, de 1 a 5, y 0 para quien no compró. Los quintos se cortan una vez al día.
segments-rfm-name = { $name ->
    [champions] Campeones
    [loyal] Leales
    [potential] Potenciales
    [new] Nuevos
    [promising] Prometedores
    [need_attention] Necesitan atención
    [about_to_sleep] A punto de dormir
    [at_risk] En riesgo
    [cannot_lose] No perder
    [hibernating] Hibernando
   *[lost] Perdidos
}
segments-rfm-meaning = { $name ->
    [champions] Han venido hace poco y vienen a menudo.
    [loyal] Vienen a menudo.
    [potential] Hace poco y de vez en cuando: pueden llegar a leales.
    [new] Hace muy poco y, hasta ahora, pocas veces.
    [promising] Hace poco, pocas veces.
    [need_attention] En el medio de todo.
    [about_to_sleep] Hace tiempo y pocas veces.
    [at_risk] Venían a menudo; hace tiempo que no.
    [cannot_lose] Los que más venían; hace mucho que no.
    [hibernating] Pocas veces y hace mucho.
   *[lost] Pocas veces, y hace más que nadie.
}
