//! Objects of a bucket: written once, read up to a limit.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::complete_multipart_upload::CompleteMultipartUploadError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ideamine_core::{Digest, Failure};

use crate::error::{failure, unavailable};
use crate::limits::{LINK_AGE, PART_BYTES, RACE_WAIT, RACES_MAX, TRANSFER_TIMEOUT};

/// Write only what is not there.
const ABSENT: &str = "*";

/// One object: where it is, and what to call it when something fails.
pub(crate) struct Object<'a> {
    pub(crate) client: &'a Client,
    pub(crate) bucket: &'a str,
    pub(crate) key: String,
}

/// How a conditional write ended.
enum Written {
    /// It is there: by this write or by an earlier one.
    There,
    /// Another write of it is under way.
    Raced,
}

impl Object<'_> {
    /// Writes the object unless it is there already, checked against its SHA-256 on arrival.
    pub(crate) async fn put_once(&self, bytes: Vec<u8>, media_type: &str) -> Result<(), Failure> {
        let whole = bytes.len() <= PART_BYTES;
        if !whole && self.exists().await? {
            return Ok(());
        }
        for tries in 1..=RACES_MAX {
            let written = match whole {
                true => self.put_whole(bytes.clone(), media_type).await?,
                false => self.put_in_parts(&bytes, media_type).await?,
            };
            match written {
                Written::There => return Ok(()),
                Written::Raced => tokio::time::sleep((RACE_WAIT * tries).mul_f64(fastrand::f64())).await,
            }
        }
        Err(unavailable(&self.what("write"), "others write it at the same time"))
    }

    async fn put_whole(&self, bytes: Vec<u8>, media_type: &str) -> Result<Written, Failure> {
        let request = self.client.put_object().bucket(self.bucket).key(&self.key).if_none_match(ABSENT);
        let request = request.content_type(media_type).checksum_sha256(checksum(&bytes));
        let sent = request.body(ByteStream::from(bytes)).send().await;
        match sent {
            Ok(_) => Ok(Written::There),
            Err(error) => self.refused::<PutObjectError>(&error),
        }
    }

    async fn put_in_parts(&self, bytes: &[u8], media_type: &str) -> Result<Written, Failure> {
        let what = self.what("write");
        let begun = self.client.create_multipart_upload().bucket(self.bucket).key(&self.key);
        let begun = begun.content_type(media_type).checksum_algorithm(ChecksumAlgorithm::Sha256);
        let begun = begun.send().await.map_err(|e| failure(&what, &e))?;
        let upload = begun.upload_id.ok_or_else(|| unavailable(&what, "the upload has no id"))?;
        let written = self.parts(&upload, bytes).await;
        if !matches!(written, Ok(Written::There)) {
            let abort = self.client.abort_multipart_upload().bucket(self.bucket).key(&self.key);
            // What is left behind is removed by the bucket's lifecycle rule.
            drop(abort.upload_id(upload).send().await);
        }
        written
    }

    async fn parts(&self, upload: &str, bytes: &[u8]) -> Result<Written, Failure> {
        let mut parts = Vec::new();
        for (number, part) in (1..).zip(bytes.chunks(PART_BYTES)) {
            let request = self.client.upload_part().bucket(self.bucket).key(&self.key).upload_id(upload);
            let request = request.part_number(number).checksum_sha256(checksum(part));
            let sent = request.body(ByteStream::from(part.to_vec())).send().await;
            let sent = sent.map_err(|e| failure(&self.what("write"), &e))?;
            let part = CompletedPart::builder().part_number(number).checksum_sha256(checksum(part));
            parts.push(part.set_e_tag(sent.e_tag).build());
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.client.complete_multipart_upload().bucket(self.bucket).key(&self.key);
        let request = request.upload_id(upload).multipart_upload(parts).if_none_match(ABSENT);
        match request.send().await {
            Ok(_) => Ok(Written::There),
            Err(error) => self.refused::<CompleteMultipartUploadError>(&error),
        }
    }

    fn refused<E>(&self, error: &SdkError<E, HttpResponse>) -> Result<Written, Failure>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error.code() {
            Some("PreconditionFailed") => Ok(Written::There),
            Some("ConditionalRequestConflict") => Ok(Written::Raced),
            _ => Err(failure(&self.what("write"), error)),
        }
    }

    /// The object's bytes, or none; more than `limit` is `Data.Corrupt`. A role that may not list the bucket is
    /// told `AccessDenied` for what is not there.
    pub(crate) async fn get(&self, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        let what = self.what("read");
        let sent = self.client.get_object().bucket(self.bucket).key(&self.key).send().await;
        let mut body = match sent {
            Ok(answer) => answer.body,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => return Ok(None),
            Err(error) => return Err(failure(&what, &error)),
        };
        let read = async {
            let mut bytes = Vec::new();
            while let Some(chunk) = body.next().await {
                bytes.extend_from_slice(&chunk.map_err(|e| unavailable(&what, &e.to_string()))?);
                if bytes.len() > limit {
                    let message = format!("object {} is over the limit of {limit} bytes", self.key);
                    return Err(Failure::corrupt(message));
                }
            }
            Ok(Some(bytes))
        };
        let read = tokio::time::timeout(TRANSFER_TIMEOUT, read).await;
        read.unwrap_or_else(|_| Err(unavailable(&what, "it does not arrive in time")))
    }

    /// Whether it is there.
    pub(crate) async fn exists(&self) -> Result<bool, Failure> {
        match self.client.head_object().bucket(self.bucket).key(&self.key).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(false),
            Err(error) => Err(failure(&self.what("look for"), &error)),
        }
    }

    /// A URL under which anybody can read this object for [`LINK_AGE`], told to be of this media type: never log it.
    pub(crate) async fn link(&self, media_type: &str) -> Result<String, Failure> {
        let what = self.what("sign a link to");
        let while_ =
            PresigningConfig::expires_in(LINK_AGE).map_err(|e| unavailable(&what, &e.to_string()))?;
        let get = self.client.get_object().bucket(self.bucket).key(&self.key);
        let get = get.response_content_type(media_type).response_cache_control("no-store");
        let signed = get.presigned(while_).await.map_err(|e| failure(&what, &e))?;
        Ok(signed.uri().to_owned())
    }

    fn what(&self, doing: &str) -> String {
        format!("{doing} object {} of bucket {}", self.key, self.bucket)
    }
}

fn checksum(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Digest::of(bytes).as_bytes())
}
