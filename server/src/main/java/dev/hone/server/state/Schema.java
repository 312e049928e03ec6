package dev.hone.server.state;

import java.util.List;

/// The tables, in SQL that both databases take. Times are seconds; `seq` is the order in which rows
/// came; `tenant` is who owns one.
final class Schema {
  static final List<String> FIRST =
      List.of(
          "create table hone_installation(id text primary key)",
          """
          create table hone_tenant(
            name text primary key,
            file_bytes bigint not null,
            open_jobs bigint not null)\
          """,
          """
          create table hone_file(
            id text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            expires_at bigint,
            bytes bigint not null,
            filename text not null,
            purpose text not null)\
          """,
          "create index hone_file_order on hone_file(tenant, seq)",
          """
          create table hone_upload(
            id text primary key,
            tenant text not null,
            created_at bigint not null,
            expires_at bigint not null,
            bytes bigint not null,
            filename text not null,
            purpose text not null,
            status text not null,
            file_expires_after bigint,
            file text)\
          """,
          """
          create table hone_upload_part(
            id text primary key,
            upload text not null references hone_upload(id),
            created_at bigint not null,
            bytes bigint not null)\
          """,
          "create index hone_upload_part_upload on hone_upload_part(upload)",
          """
          create table hone_job(
            id text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            finished_at bigint,
            model text not null,
            fine_tuned_model text,
            status text not null,
            epochs bigint,
            batch_size bigint,
            rate_multiplier double precision,
            training_file text not null,
            validation_file text,
            result_files text not null,
            trained_tokens bigint,
            error_code text,
            error_message text,
            error_param text,
            seed bigint not null,
            estimated_finish bigint,
            suffix text,
            name_end text not null,
            is_paused bigint not null,
            report_offset bigint not null,
            reported_step bigint not null,
            saved_step bigint not null,
            failed_starts bigint not null)\
          """,
          "create index hone_job_order on hone_job(tenant, seq)",
          "create index hone_job_status on hone_job(status, seq)",
          """
          create table hone_job_metadata(
            job text not null references hone_job(id),
            name text not null,
            value text not null,
            primary key (job, name))\
          """,
          """
          create table hone_job_event(
            id text primary key,
            job text not null references hone_job(id),
            seq bigint not null,
            created_at bigint not null,
            level text not null,
            message text not null,
            type text not null,
            data text not null,
            unique (job, seq))\
          """,
          """
          create table hone_job_checkpoint(
            id text primary key,
            job text not null references hone_job(id),
            seq bigint not null,
            created_at bigint not null,
            step bigint not null,
            model text not null,
            metrics text not null,
            unique (job, step))\
          """,
          """
          create table hone_model(
            name text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            base text not null,
            job text not null,
            directory text not null)\
          """,
          "create index hone_model_order on hone_model(tenant, seq)",
          """
          create table hone_key(
            id text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            revoked_at bigint,
            name text not null,
            salt text not null,
            hash text not null,
            scopes text not null,
            requests_per_minute bigint,
            token_quota bigint,
            tokens_used bigint not null)\
          """,
          """
          create table hone_audit(
            id text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            actor text not null,
            action text not null,
            target text not null,
            detail text not null)\
          """,
          "create index hone_audit_order on hone_audit(tenant, seq)");

  /// Models that others than their owners may ask: `tenant` is who may.
  static final List<String> SECOND =
      List.of(
          """
          create table hone_model_permission(
            id text primary key,
            tenant text not null,
            seq bigint not null unique,
            created_at bigint not null,
            model text not null references hone_model(name) on delete cascade,
            unique (tenant, model))\
          """,
          "create index hone_model_permission_order on hone_model_permission(model, seq)");

  private Schema() {}
}
