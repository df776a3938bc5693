package models

import (
	"context"
	"errors"
	"fmt"

	"xiezhi/proof"
)

// Statement is what the signature of the paper is over; object is the reference of what it belongs to.
func (d Document) Statement(object string) proof.Statement {
	return proof.Statement{Object: object, Kind: d.Kind, Revision: d.Revision, Number: d.Number, Digest: proof.Digest{SHA256: d.SHA256, SM3: d.SM3}, Pages: d.Pages, At: d.CreatedAt.Time()}
}

// Signature gives the signature of the paper; its Key is empty for a paper from before signatures.
func (d Document) Signature() proof.Signature {
	return proof.Signature{Key: d.SigningKey, Ed25519: proof.Bytes(d.SigEd25519), SM2: proof.Bytes(d.SigSM2)}
}

// DocumentCheck is how a stored paper stands: whether its bytes are those of its digests, and whether its signatures hold. Fault is
// empty where all is well, else a word: content, unsigned, key, ed25519, sm2 or signature.
type DocumentCheck struct {
	Object string
	Document
	Fault string
	Key   proof.PublicKey
}

// check holds a paper against its digests and signatures.
func (d Document) check(object string, key func(id string) (proof.PublicKey, error)) (DocumentCheck, error) {
	c := DocumentCheck{Object: object, Document: d}
	sum := proof.DigestBytes(d.Content)
	switch {
	case sum.SHA256 != d.SHA256 || d.SM3 != "" && sum.SM3 != d.SM3:
		c.Fault = "content"
		return c, nil
	case d.SigningKey == "":
		c.Fault = "unsigned"
		return c, nil
	}
	pub, err := key(d.SigningKey)
	if KindOf(err) == KindNotFound {
		c.Fault = "key"
		return c, nil
	}
	if err != nil {
		return c, err
	}
	c.Key, c.Fault = pub, SignatureFault(pub.Verify(proof.PurposeDocument, d.Statement(object).Text(), d.Signature()))
	return c, nil
}

// SignatureFault is the word for how a signature does not hold; empty for nil.
func SignatureFault(err error) string {
	ed, sm := errors.Is(err, proof.ErrEd25519), errors.Is(err, proof.ErrSM2)
	switch {
	case err == nil:
		return ""
	case ed && sm:
		return "signature"
	case ed:
		return "ed25519"
	case sm:
		return "sm2"
	default:
		return "key"
	}
}

// VerifyDocument holds the newest paper of a kind of a referral that the actor may read against its digests and signatures; that it
// was verified is audited.
func (s *Store) VerifyDocument(ctx context.Context, actor Actor, ref, kind string) (DocumentCheck, error) {
	d, err := s.ReferralDocument(ctx, actor, ref, kind)
	if err != nil {
		return DocumentCheck{}, err
	}
	r, err := s.referral(ctx, actor, ref)
	if err != nil {
		return DocumentCheck{}, err
	}
	c, err := d.check(ref, func(id string) (proof.PublicKey, error) { return s.publicKey(ctx, id) })
	if err != nil {
		return c, err
	}
	return c, s.NoteRead(ctx, actor, "document.verify", "referral:"+ref, r.Place, map[string]any{"kind": kind, "revision": d.Revision, "fault": c.Fault})
}

// VerifyDocuments holds every stored paper, of referrals and of cases, against its digests and signatures, for the command line.
func (s *Store) VerifyDocuments(ctx context.Context, yield func(DocumentCheck) error) error {
	keys := map[string]proof.PublicKey{}
	list, err := s.PublicKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		keys[k.ID] = k
	}
	find := func(id string) (proof.PublicKey, error) {
		k, ok := keys[id]
		if !ok {
			return k, NotFound("key")
		}
		return k, nil
	}
	for after := int64(0); ; {
		var rows []struct {
			Document
			Ref string
		}
		err := s.read(ctx).Table("documents d").Select("d.*, r.ref").Joins("JOIN referrals r ON r.id = d.referral_id").Where("d.id > ?", after).Order("d.id").Limit(50).Find(&rows).Error
		if err != nil {
			return fmt.Errorf("read documents: %w", err)
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			c, err := r.check(r.Ref, find)
			if err == nil {
				err = yield(c)
			}
			if err != nil {
				return err
			}
			after = r.ID
		}
	}
	return s.verifyCasePapers(ctx, find, yield)
}
