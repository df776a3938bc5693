// Package ingest reads files of facts, maps foreign tables to the canonical ones, checks every row and yields either a
// checked models.Row or a Refusal. It stores nothing: models does. Memory is bounded by one record, whatever the file
// holds, and nothing in a file can stop a good row: what is wrong is refused with its line, column, value and reason.
package ingest
