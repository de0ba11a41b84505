//! The detached signature of a pass: PKCS #7 as RFC 5652 writes it, with the signing time. The key stays in memory.

use std::fmt;
use std::time::Duration;

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::{Any, AnyRef, Decode, Encode, EncodeValue, Tagged};
use lazo_domain::time::{SECOND, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// Why something cannot be signed with; never says anything of the key itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// A file does not hold what it should.
    #[error("{0}")]
    File(&'static str),
    /// The signature could not be written.
    #[error("the signature could not be written: {0}")]
    Writing(String),
}

impl From<der::Error> for Unsigned {
    fn from(error: der::Error) -> Self {
        Self::Writing(error.to_string())
    }
}

/// An RSA key of a PEM text without a password, in PKCS #8 or PKCS #1.
pub(super) fn rsa_key(pem: &[u8]) -> Result<RsaKeyPair, Unsigned> {
    let read = PrivateKeyDer::from_pem_slice(pem)
        .map_err(|_| Unsigned::File("the key is no PEM without a password"))?;
    let key = match &read {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        _ => return Err(Unsigned::File("the key is no RSA key")),
    };
    key.map_err(|_| Unsigned::File("the key is no RSA key of 2,048 to 4,096 bits"))
}

/// A signature over `message` by the RSA of PKCS #1, with SHA-256.
pub(super) fn rsa_sign(key: &RsaKeyPair, message: &[u8]) -> Result<Vec<u8>, Unsigned> {
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| Unsigned::Writing("the key does not sign".to_owned()))?;
    Ok(signature)
}

/// A certificate with its key and the certificate above it.
pub struct Signer {
    key: RsaKeyPair,
    certificate: Certificate,
    between: Vec<Certificate>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// A signer of three PEM texts. A key that is not the certificate's is refused here and not by phones.
    pub fn of(certificate: &[u8], key: &[u8], between: &[u8]) -> Result<Self, Unsigned> {
        let key = rsa_key(key)?;
        let mut own = certificates(certificate)?;
        if own.is_empty() {
            return Err(Unsigned::File("the certificate's file holds none"));
        }
        let certificate = own.remove(0);
        let of_certificate =
            certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes();
        if of_certificate != key.public().as_ref() {
            return Err(Unsigned::File("the key is not the certificate's"));
        }
        let between = certificates(between)?;
        if between.is_empty() {
            return Err(Unsigned::File("the file of the certificate in between holds none"));
        }
        Ok(Self { key, certificate, between })
    }

    /// Until when the certificate is good.
    #[must_use]
    pub fn good_until(&self) -> Timestamp {
        let end = self.certificate.tbs_certificate.validity.not_after.to_unix_duration();
        Timestamp(i64::try_from(end.as_micros()).unwrap_or(i64::MAX))
    }

    /// The signature over `content`, which is not in it, made at `at`.
    pub fn sign(&self, content: &[u8], at: Timestamp) -> Result<Vec<u8>, Unsigned> {
        let seconds = u64::try_from(at.0.div_euclid(SECOND)).unwrap_or_default();
        let digest = OctetString::new(Sha256::digest(content).to_vec())?;
        let attributes = SetOfVec::try_from(vec![
            attribute(CONTENT_TYPE, &DATA)?,
            attribute(SIGNING_TIME, &UtcTime::from_unix_duration(Duration::from_secs(seconds))?)?,
            attribute(MESSAGE_DIGEST, &digest)?,
        ])?;
        let signature = rsa_sign(&self.key, &attributes.to_der()?)?;
        let own = &self.certificate.tbs_certificate;
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.issuer.clone(),
                serial_number: own.serial_number.clone(),
            }),
            digest_alg: algorithm(SHA_256, None),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm(RSA, Some(Any::from(AnyRef::NULL))),
            signature: OctetString::new(signature)?,
            unsigned_attrs: None,
        };
        let all = std::iter::once(&self.certificate).chain(&self.between);
        let all: Vec<_> = all.cloned().map(CertificateChoices::Certificate).collect();
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![algorithm(SHA_256, None)])?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(CertificateSet::try_from(all)?),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![signer])?,
        };
        let content = Any::encode_from(&signed)?;
        Ok(ContentInfo { content_type: SIGNED_DATA, content }.to_der()?)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, Unsigned> {
    let bad = || Unsigned::File("a certificate cannot be read");
    let all = CertificateDer::pem_slice_iter(pem).map(|found| {
        let found = found.map_err(|_| bad())?;
        Certificate::from_der(&found).map_err(|_| bad())
    });
    all.collect()
}

fn algorithm(oid: ObjectIdentifier, parameters: Option<Any>) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters }
}

fn attribute<T: Tagged + EncodeValue>(oid: ObjectIdentifier, value: &T) -> der::Result<Attribute> {
    let values = SetOfVec::try_from(vec![Any::encode_from(value)?])?;
    Ok(Attribute { oid, values })
}
