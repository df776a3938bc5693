package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"xiezhi/authz"
	"xiezhi/models"
	"xiezhi/who"
)

func whoCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "who", Short: "who is who: propose, list and decide which subjects are one", Args: argsError(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(whoPropose(), whoList(), whoDecide(), whoEvaluate())
	return cmd
}

func whoPropose() *cobra.Command {
	var least int
	var asJSON bool
	cmd := &cobra.Command{Use: "propose", Short: "compare all named subjects and store what a person should look at", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaForward, func(cmd *cobra.Command, p *portal, _ []string) error {
			rep, err := p.desk.ProposeIdentities(cmd.Context(), models.System("who"), least)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(rep)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d subjects, %d proposals, %d new, in %.1f s; %v\n", rep.Subjects, rep.Proposed, rep.New, rep.Seconds, rep.ByVerdict)
			return nil
		})}
	cmd.Flags().IntVar(&least, "least", 0, "least score of a proposal; 0 is 50")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

// userActor gives the actor of a user by name, with the rights of the user's grants.
func (p *portal) userActor(cmd *cobra.Command, name string) (models.Actor, error) {
	if name == "" {
		return models.Actor{}, fmt.Errorf("%w: --as names the user who asks", errUsage)
	}
	u, err := p.store.UserByName(cmd.Context(), name)
	if err != nil {
		return models.Actor{}, plainError(err)
	}
	grants, err := p.store.LiveGrants(cmd.Context(), u.ID)
	if err != nil {
		return models.Actor{}, err
	}
	policy, err := authz.Load()
	if err != nil {
		return models.Actor{}, err
	}
	return policy.Actor(u, grants), nil
}

func whoList() *cobra.Command {
	var f models.IdentityFilter
	var as string
	cmd := &cobra.Command{Use: "list", Short: "proposals, the likeliest first", Args: argsError(cobra.NoArgs),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, _ []string) error {
			actor, err := p.userActor(cmd, as)
			if err != nil {
				return err
			}
			list, _, err := p.store.Identities(cmd.Context(), actor, f)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
			fmt.Fprintln(w, "ref\tstate\tverdict\tscore\ta\tb")
			for _, l := range list {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", l.Ref, l.State, l.Verdict, l.Score, l.A.Name, l.B.Name)
			}
			return w.Flush()
		})}
	cmd.Flags().StringVar(&as, "as", "", "user whose scope counts")
	cmd.Flags().StringVar(&f.State, "state", models.IdentityOpen, "open, yes, no, unsure; empty for all")
	cmd.Flags().StringVar(&f.Verdict, "verdict", "", "same, alike, branch, sibling, shared, lookalike")
	cmd.Flags().IntVar(&f.Limit, "limit", 50, "rows")
	return cmd
}

func whoDecide() *cobra.Command {
	var in models.IdentityInput
	var as string
	cmd := &cobra.Command{Use: "decide REF yes|no|unsure|open", Short: "decide a proposal, or open it again", Args: argsError(cobra.ExactArgs(2)),
		RunE: withPortal(schemaAsIs, func(cmd *cobra.Command, p *portal, args []string) error {
			actor, err := p.userActor(cmd, as)
			if err != nil {
				return err
			}
			if err := p.store.DecideIdentity(cmd.Context(), actor, args[0], args[1], in); err != nil {
				return plainError(err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), args[0], args[1])
			return nil
		})}
	cmd.Flags().StringVar(&as, "as", "", "user who decides")
	cmd.Flags().StringVar(&in.Note, "note", "", "why")
	return cmd
}

func whoEvaluate() *cobra.Command {
	var ask, half string
	cmd := &cobra.Command{Use: "evaluate PAIRS.csv", Short: "precision and recall on labelled pairs; prints sums, never pairs", Args: argsError(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			answer := map[string]func(who.Pair) bool{"screening": who.Screening, "identity": who.Identity}[ask]
			take := map[string]func(who.Pair) bool{"all": func(who.Pair) bool { return true }, "held": who.Pair.Held, "tuned": func(p who.Pair) bool { return !p.Held() }}[half]
			if answer == nil || take == nil {
				return fmt.Errorf("%w: --ask is screening or identity, --half is all, held or tuned", errUsage)
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			list, err := who.ReadPairs(f)
			if err != nil {
				return err
			}
			var sum who.Tally
			for _, p := range list {
				if take(p) {
					sum.Note(answer(p), p.True)
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s, %s pairs: %d right yes, %d wrong yes, %d right no, %d wrong no; precision %.3f, recall %.3f, F1 %.3f\n",
				ask, half, sum.TP, sum.FP, sum.TN, sum.FN, sum.Precision(), sum.Recall(), sum.F1())
			return nil
		}}
	cmd.Flags().StringVar(&ask, "ask", "screening", "screening: worth looking at (same or alike); identity: the same body (same alone)")
	cmd.Flags().StringVar(&half, "half", "all", "all, held (the half nobody tuned on) or tuned")
	return cmd
}
