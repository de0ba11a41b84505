# Lo que en México se dice de otro modo.
two-files-field = { $field ->
    [nothing] No hace falta
    [member] Número de socio
    [points] Saldo de puntos
    [enrolled_at] Fecha de alta
    [expires_at] Vencimiento
    [full_name] Nombre completo
    [given_name] Nombre
    [surname] Apellidos
    [surname2] Segundo apellido
    [email] Correo
    [phone] Teléfono
    [birth_date] Nacimiento
    [tax_id] RFC
    [street] Calle
    [postcode] Código postal
    [city] Población
    [country] País
    [gender] Sexo
   *[other] { $field }
}
