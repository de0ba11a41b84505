# Lo que en México se dice de otro modo.
merges-field = { $field ->
    [given_name] Nombre
    [surname] Apellido
    [surname2] Segundo apellido
    [full_name] Nombre completo
    [gender] Sexo
    [birth_date] Nacimiento
    [email] Correo
    [phone] Teléfono
    [street] Calle
    [city] Población
    [postcode] Código postal
    [country] País
    [tax_id] RFC
   *[other] { $field }
}
