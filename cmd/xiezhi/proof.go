package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"xiezhi/models"
	"xiezhi/proof"
)

// errFaults marks something that was verified and does not hold.
var errFaults = errors.New("it does not hold")

func dossierCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "dossier", Short: "dossiers outside the portal"}
	var keys string
	var asJSON bool
	verify := &cobra.Command{Use: "verify FILE", Short: "verify a dossier by itself: no network, no database", Args: argsError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			rep, err := verifyDossier(args[0], keys)
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(rep); err != nil {
					return err
				}
			} else if err := tellDossier(cmd.OutOrStdout(), rep); err != nil {
				return err
			}
			if len(rep.Faults) > 0 {
				return fmt.Errorf("dossier %s: %d faults: %w", rep.Ref, len(rep.Faults), errFaults)
			}
			return nil
		}}
	verify.Flags().StringVar(&keys, "keys", "", "file of public keys that the portal gives out")
	verify.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.AddCommand(verify)
	return cmd
}

// maxKeyFile bounds the file of public keys.
const maxKeyFile = 16 << 20

func verifyDossier(path, keyFile string) (proof.Report, error) {
	var keys map[string]proof.PublicKey
	if keyFile != "" {
		info, err := os.Stat(keyFile)
		if err != nil {
			return proof.Report{}, err
		}
		if info.Size() > maxKeyFile {
			return proof.Report{}, fmt.Errorf("%s is too long for a key file", keyFile)
		}
		text, err := os.ReadFile(keyFile)
		if err != nil {
			return proof.Report{}, err
		}
		if keys, err = proof.ReadKeys(text); err != nil {
			return proof.Report{}, err
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return proof.Report{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return proof.Report{}, err
	}
	return proof.VerifyDossier(file, info.Size(), keys)
}

// tellDossier words a report. Texts of the file are quoted: they are data from outside.
func tellDossier(out io.Writer, r proof.Report) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	trust := "stands in the key file"
	if !r.Trusted {
		trust = "came with the dossier: compare its fingerprint with the one that the office publishes"
	}
	for _, line := range [][2]string{{"dossier", r.Ref}, {"case", r.Case}, {"referral", r.Referral}, {"office", r.Office + " " + r.Name}, {"made at", r.MadeAt}, {"key", r.Key},
		{"fingerprint", r.Fingerprint}, {"", trust}, {"sha256", r.SHA256}, {"sm3", r.SM3}} {
		fmt.Fprintf(w, "%s\t%s\n", line[0], plainLine(line[1]))
	}
	fmt.Fprintf(w, "holds\t%d files: %d papers, %d pieces of evidence\n", r.Items, r.Papers, r.Evidence)
	for _, f := range r.Faults {
		fmt.Fprintf(w, "FAULT\t%s: %s\n", plainLine(f.Item), plainLine(f.What))
	}
	if len(r.Faults) == 0 {
		fmt.Fprintln(w, "result\tevery digest, signature and custody log holds")
	}
	return w.Flush()
}

// plainLine shows a text from outside without control characters.
func plainLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, text)
}

func keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "the signing keys of offices"}
	var asJSON bool
	list := &cobra.Command{Use: "list", Short: "the public keys of all offices", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
			keys, err := p.store.PublicKeys(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				text, err := proof.WriteKeys(keys)
				if err == nil {
					_, err = cmd.OutOrStdout().Write(text)
				}
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, k := range keys {
				state := "in use since " + k.Since
				if k.Until != "" {
					state = "retired " + k.Until
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.ID, k.Fingerprint(), state, k.Name)
			}
			return w.Flush()
		})}
	list.Flags().BoolVar(&asJSON, "json", false, "print the key file that dossier verify takes")
	rotate := &cobra.Command{Use: "rotate OFFICE", Short: "retire the key of an office and make the next one", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, args []string) error {
			k, err := p.store.RotateKey(cmd.Context(), byCommand, args[0])
			if err != nil {
				return plainError(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is in use\n", k.KeyID)
			return nil
		})}
	cmd.AddCommand(list, rotate)
	return cmd
}

func evidenceCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "evidence", Short: "evidence, dossiers and papers as they are stored"}
	cmd.AddCommand(&cobra.Command{Use: "verify", Short: "hold every stored content and paper against its digests and signatures", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
			faults, err := p.verifyStored(cmd.Context(), cmd.OutOrStdout())
			if err == nil && faults > 0 {
				err = fmt.Errorf("%d faults: %w", faults, errFaults)
			}
			return err
		})})
	return cmd
}

// verifyStored checks the vault and every paper and tells what it found.
func (p *portal) verifyStored(ctx context.Context, out io.Writer) (int, error) {
	rep, err := p.desk.CheckVault(ctx)
	if err != nil {
		return 0, err
	}
	faults := len(rep.Missing) + len(rep.Differ)
	fmt.Fprintf(out, "vault: %d contents, %d missing, %d differ\n", rep.Contents, len(rep.Missing), len(rep.Differ))
	for _, ref := range append(rep.Missing, rep.Differ...) {
		fmt.Fprintf(out, "FAULT %s\n", ref)
	}
	papers, unsigned := 0, 0
	err = p.store.VerifyDocuments(ctx, func(c models.DocumentCheck) error {
		papers++
		switch c.Fault {
		case "":
		case "unsigned":
			unsigned++
		default:
			faults++
			fmt.Fprintf(out, "FAULT %s %s %d: %s\n", c.Object, c.Kind, c.Revision, c.Fault)
		}
		return nil
	})
	fmt.Fprintf(out, "papers: %d, of which %d from before signatures\n", papers, unsigned)
	return faults, err
}
