import { resolve } from 'node:path'
import { z } from 'zod'
import type { S3Settings } from './uploads-s3.ts'

/** What uploads may take up, and where they lie. */
export interface UploadConfig {
  /** One file, as it is sent. */
  readonly fileBytes: number
  readonly userBytes: number
  readonly userFiles: number
  readonly documentBytes: number
  /** The folder of uploads, the same on all nodes; undefined: one in the node's data folder. */
  readonly folder: string | undefined
  /** Undefined: in the folder. */
  readonly s3: S3Settings | undefined
}

const MEGABYTE = 1024 * 1024

export const DEFAULT_UPLOADS: UploadConfig = {
  fileBytes: 50 * MEGABYTE,
  userBytes: 2048 * MEGABYTE,
  userFiles: 5_000,
  documentBytes: 1024 * MEGABYTE,
  folder: undefined,
  s3: undefined,
}

export const S3_SECRETS = ['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const

const count = (name: string, fallback: number) =>
  z.coerce
    .number(`${name} must be a whole number`)
    .int(`${name} must be a whole number`)
    .min(0, `${name} cannot be negative`)
    .default(fallback)

/** The settings of uploads, for `config.ts`. */
export const UPLOAD_SETTINGS = {
  UPLOAD_BYTES: count('UPLOAD_BYTES', DEFAULT_UPLOADS.fileBytes),
  UPLOAD_USER_BYTES: count('UPLOAD_USER_BYTES', DEFAULT_UPLOADS.userBytes),
  UPLOAD_USER_FILES: count('UPLOAD_USER_FILES', DEFAULT_UPLOADS.userFiles),
  UPLOAD_DOCUMENT_BYTES: count('UPLOAD_DOCUMENT_BYTES', DEFAULT_UPLOADS.documentBytes),
  UPLOADS_DIR: z.string().optional(),
  S3_ENDPOINT: z
    .string()
    .refine(
      (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
      'S3_ENDPOINT must be a URL that starts with https:// or http://',
    )
    .optional(),
  S3_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,62}$/,
      'S3_BUCKET must be the name of a bucket: small letters, digits, dots and dashes',
    )
    .optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
}

type Settings = z.infer<z.ZodObject<typeof UPLOAD_SETTINGS>>

/** Adds to `problems` when only some of the settings of S3 are there. */
export function uploadConfig(settings: Settings, problems: string[]): UploadConfig {
  const { S3_ENDPOINT, S3_BUCKET, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = settings
  const needed = { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []))
  const isWhole =
    S3_ENDPOINT !== undefined &&
    S3_BUCKET !== undefined &&
    S3_ACCESS_KEY_ID !== undefined &&
    S3_SECRET_ACCESS_KEY !== undefined
  if (!isWhole && missing.length < Object.keys(needed).length)
    problems.push(`${missing.join(', ')} must be set, too, for uploads to lie in S3`)
  return {
    fileBytes: settings.UPLOAD_BYTES,
    userBytes: settings.UPLOAD_USER_BYTES,
    userFiles: settings.UPLOAD_USER_FILES,
    documentBytes: settings.UPLOAD_DOCUMENT_BYTES,
    folder: settings.UPLOADS_DIR === undefined ? undefined : resolve(settings.UPLOADS_DIR),
    s3: isWhole
      ? {
          endpoint: S3_ENDPOINT.replace(/\/+$/, ''),
          bucket: S3_BUCKET,
          region: S3_REGION,
          accessKeyId: S3_ACCESS_KEY_ID,
          secretAccessKey: S3_SECRET_ACCESS_KEY,
        }
      : undefined,
  }
}
