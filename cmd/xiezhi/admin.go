package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/spf13/cobra"
	"xiezhi/models"
)

// withPortal opens the portal for one command and closes it afterwards.
func withPortal(m migration, do func(cmd *cobra.Command, p *portal, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, err := readConfig()
		if err != nil {
			return err
		}
		p, err := openPortal(cmd.Context(), cfg, m)
		if err != nil {
			return err
		}
		return errors.Join(do(cmd, p, args), p.close())
	}
}

func userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "accounts, grants and tokens"}
	cmd.AddCommand(userAdd(), userGrant("grant"), userGrant("revoke"), userReset(), userToken(), userList())
	return cmd
}

var byCommand = models.System("command")

func userAdd() *cobra.Command {
	var in models.NewUser
	var secondFactor bool
	cmd := &cobra.Command{Use: "add NAME", Short: "make an account; its password and second factor are printed once", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, args []string) error {
			in.Name = args[0]
			password, hash, sealed, uri, err := p.newCredentials(in.Name)
			if err != nil {
				return err
			}
			in.PasswordHash, in.TOTPSecret = hash, sealed
			if in.Display == "" {
				in.Display = in.Name
			}
			if in.DisplayEn == "" {
				in.DisplayEn = in.Display
			}
			if _, err := p.store.AddUser(cmd.Context(), byCommand, in); err != nil {
				return plainError(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "password %s\nsecond factor %s\n", password, uri)
			return nil
		})}
	f := cmd.Flags()
	f.StringVar(&in.Display, "display", "", "name to show, in Chinese")
	f.StringVar(&in.DisplayEn, "display-en", "", "name to show, in English")
	f.StringVar(&in.Authority, "authority", "", "code of the authority")
	f.StringVar(&in.EnforcementNumber, "enforcement-number", "", "enforcement number")
	f.BoolVar(&secondFactor, "second-factor", true, "kept for scripts: a second factor is always made")
	return cmd
}

// newCredentials makes a password and a second factor.
func (p *portal) newCredentials(name string) (password, hash string, sealed []byte, uri string, err error) {
	if password, err = randomPassword(); err != nil {
		return
	}
	if hash, err = hashPassword(password); err != nil {
		return
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Xiezhi", AccountName: name})
	if err != nil {
		return
	}
	sealed, err = p.secrets.seal(key.Secret())
	return password, hash, sealed, key.URL(), err
}

func userGrant(verb string) *cobra.Command {
	var role, division string
	cmd := &cobra.Command{Use: verb + " NAME", Short: verb + " a role in a division", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, args []string) error {
			if verb == "grant" {
				return plainError(p.store.GrantRole(cmd.Context(), byCommand, args[0], models.Role(role), division))
			}
			return plainError(p.store.RevokeRole(cmd.Context(), byCommand, args[0], models.Role(role), division))
		})}
	cmd.Flags().StringVar(&role, "role", "", "role code")
	cmd.Flags().StringVar(&division, "division", "", "division code")
	return cmd
}

func userReset() *cobra.Command {
	return &cobra.Command{Use: "reset NAME", Short: "a new password and second factor, printed once", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, args []string) error {
			password, hash, sealed, uri, err := p.newCredentials(args[0])
			if err != nil {
				return err
			}
			if err := p.store.SetPassword(cmd.Context(), byCommand, args[0], hash, sealed); err != nil {
				return plainError(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "password %s\nsecond factor %s\n", password, uri)
			return nil
		})}
}

func userToken() *cobra.Command {
	var life time.Duration
	cmd := &cobra.Command{Use: "token NAME", Short: "a bearer token for the API with the user's grants", Args: argsError(cobra.ExactArgs(1)),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, args []string) error {
			token, err := p.store.NewToken(cmd.Context(), byCommand, args[0], life)
			if err != nil {
				return plainError(err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), token)
			return nil
		})}
	cmd.Flags().DurationVar(&life, "expires", 30*24*time.Hour, "how long the token lives")
	return cmd
}

func userList() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "all accounts with their grants", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, _ []string) error {
			list, err := p.store.UserLines(cmd.Context())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			for _, u := range list {
				var grants []string
				for _, g := range u.Grants {
					grants = append(grants, string(g.Role)+"@"+g.DivisionCode)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.DisplayNameEn, u.AuthorityNameEn, strings.Join(grants, " "))
			}
			return w.Flush()
		})}
}

// plainError words a domain error in English for the terminal.
func plainError(err error) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	c, cerr := catalog()
	if cerr != nil {
		return err
	}
	text := c.Text("en", e.Key, slots(e.Args)...)
	for f, k := range e.Fields {
		text += "; " + f + ": " + c.Text("en", k)
	}
	return errors.New(text)
}

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "the audit trail"}
	var asJSON bool
	verify := &cobra.Command{Use: "verify", Short: "recompute the whole chain and hold it against the signed heads", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
			rep, err := p.verifyAudit(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(rep); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%d entries, %d signed heads\n", rep.Entries, rep.Heads)
			}
			if len(rep.Broken) > 0 {
				return fmt.Errorf("the audit trail is broken: %s", strings.Join(rep.Broken, "; "))
			}
			return nil
		})}
	verify.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	cmd.AddCommand(verify)
	return cmd
}
