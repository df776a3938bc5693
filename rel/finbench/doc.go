// Package finbench holds the complex reads of the LDBC FinBench transaction workload against an independent SQL implementation: the
// graph answers from what was loaded through ingest, SQL from the files themselves.
package finbench
