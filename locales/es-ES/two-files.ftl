# Dos ficheros, cinco minutos.
two-files-title = Dos ficheros, cinco minutos
two-files-lead = Suelta la exportación de dos programas, con sus socios y saldos. En unos minutos: quién está en los dos, cuánto valen sus puntos y quién ganaría o perdería al unirlos.
two-files-no-program = Hace falta un programa de destino: crea uno antes.
two-files-name = Programa
two-files-worth = Cuánto vale un punto
two-files-worth-hint = En la moneda del cliente. Si no lo sabes, 0,01 es lo habitual.
two-files-file = Fichero
two-files-file-hint = CSV, Excel, JSON o Parquet, hasta 64 MB. Una fila por socio.
two-files-look = Mirar los ficheros
two-files-nothing = No se mueve ningún punto ni se avisa a nadie. Los ficheros se borran solos en un día.
two-files-too-large = Cada fichero puede tener hasta 64 MB.
two-files-working = Buscando quién es quién…
two-files-working-lead = Con cien mil socios tarda un par de minutos. Puedes dejar esta página abierta.
two-files-columns = ¿Es esto lo que hay en cada columna?
two-files-columns-lead = Lo hemos deducido de los nombres y los valores. Corrige lo que no sea.
two-files-correct = Corregir columnas o probar otra equivalencia
two-files-column = Columna
two-files-holds = Contiene
two-files-rate = Puntos nuevos por cada punto
two-files-rate-hint = La propuesta es la más sencilla que no quita nada a nadie. Admite 0,75 o 3/4.
two-files-work = Calcular
two-files-again = Calcular otra vez
two-files-twice = Dos columnas dicen contener lo mismo. Deja solo una.
two-files-people = Socios
two-files-points = Puntos
two-files-worth-all = Valen
two-files-proposed = Equivalencia
two-files-proposed-small = de estos por cada nuevo
two-files-pdf = Llevarse el informe en PDF
two-files-forget = Borrar esta prueba
two-files-defects = Qué está mal en los datos
two-files-letter = Así lo leería un socio
two-files-foot = Simulación: no se ha movido ningún punto.
two-files-program = Programa { $place }
two-files-seen = { $file }: { $rows } filas
two-files-missing = Falta la columna: { $field }
two-files-doubtful = Otras { $n } parejas son dudosas: las revisaría una persona.
two-files-share = { $percent } % está en los dos
two-files-too-many = Los ficheros de pruebas anteriores ya ocupan medio gigabyte. Olvida antes alguna de ellas.
two-files-unreadable = No hemos podido leer un fichero. { $why }
two-files-both = { $count ->
    [0] Nadie está en los dos.
    [one] { $n } persona está en los dos.
   *[other] { $n } personas están en los dos.
}
two-files-field = { $field ->
    [nothing] No hace falta
    [member] Número de socio
    [points] Saldo de puntos
    [enrolled_at] Fecha de alta
    [expires_at] Caducidad
    [full_name] Nombre completo
    [given_name] Nombre
    [surname] Apellidos
    [surname2] Segundo apellido
    [email] Correo
    [phone] Teléfono
    [birth_date] Nacimiento
    [tax_id] NIF
    [street] Calle
    [postcode] Código postal
    [city] Población
    [country] País
    [gender] Sexo
   *[other] { $field }
}
