"""Where things stand, how bytes are written, and what counts as a signature: rows 1, 3 and 16 to 18."""
import re
import urllib.parse

from cases import KEY, RSA_KEY, STRANGER, accept, by_assertion, by_response, piece, refuse, swapped
from message import D, ISSUER, MORE, P, Form, assertion, base64_of, evil, raw_signature, response


# ---- 1: what is signed stands elsewhere ---------------------------------------------------------

def wrapped():
    good = by_assertion()
    original, signature = piece(good, "s:Assertion"), piece(good, "d:Signature")
    bare = original.replace(signature, "")
    forged = evil(bare, "_evil")
    behind = lambda text, what: swapped(text, f"{ISSUER}</s:Issuer>", f"{ISSUER}</s:Issuer>{what}")
    in_signature = lambda what: swapped(signature, "</d:Signature>", what + "</d:Signature>")

    accept(1, "nothing_wrapped", "what the cases of wrapping are made of", good)
    refuse(1, "xsw6", "structure", "XSW 6: the forged assertion has the signature, and the original stands in that",
           swapped(good, original, behind(forged, in_signature(bare))))
    refuse(1, "xsw9", "structure", "XSW 9: the forged assertion has the signature, and the original stands behind its statements",
           swapped(good, original, swapped(behind(forged, signature), "</s:Assertion>", bare + "</s:Assertion>")))
    refuse(1, "xsw9_advice", "structure", "the signed assertion stands in the Advice of the forged one",
           swapped(good, original, swapped(forged, "<s:AuthnStatement", f"<s:Advice>{original}</s:Advice><s:AuthnStatement")))
    refuse(1, "in_keyinfo", "structure", "the original stands in the KeyInfo of the signature, where nobody looks",
           swapped(good, original, behind(forged, in_signature(f"<d:KeyInfo>{bare}</d:KeyInfo>"))))
    refuse(1, "in_extensions", "structure", "the signed assertion stands in the Extensions",
           swapped(swapped(good, original, forged), "<p:Status>", f"<p:Extensions>{original}</p:Extensions><p:Status>"))
    refuse(1, "in_encrypted_assertion", "structure", "the signed assertion stands in the clear in an EncryptedAssertion",
           swapped(good, original, f"<s:EncryptedAssertion>{original}</s:EncryptedAssertion>"))
    refuse(1, "ids_changed_over", "reference", "the forged assertion bears the ID of the signed one's response, which has the signature",
           behind(response(forged, identity="_a"), signature.replace("#_a", "#_r")))
    refuse(1, "assertion_signature_on_response", "digest", "the response bears the signed assertion's ID, and its signature",
           behind(response(forged, identity="_a"), signature))
    refuse(1, "signature_before_issuer", "structure", "the signature stands in front of the Issuer",
           signature.join(swapped(good, signature, "").rsplit("<s:Issuer>", 1)).replace("</d:Signature>", "</d:Signature><s:Issuer>"))
    refuse(1, "stray_signed_info", "structure", "a SignedInfo stands outside of any signature",
           swapped(good, "<p:Status>", "<p:Extensions>" + swapped(piece(signature, "d:SignedInfo"), ">", f' xmlns:d="{D}">')
                   + "</p:Extensions><p:Status>"))
    refuse(1, "artifact_response", "structure", "the response stands in an ArtifactResponse",
           f'<p:ArtifactResponse xmlns:p="{P}" ID="_x" Version="2.0">{good}</p:ArtifactResponse>')

    whole = by_response()
    cover = piece(whole, "d:Signature")
    blank = whole.replace(cover, "")
    accept(1, "nothing_wrapped_response", "the same, where the response is signed", whole)
    refuse(1, "response_in_extensions", "structure id", "the signed response stands in the Extensions of the forged one",
           swapped(evil(blank, "_evil"), "<p:Status>", f"<p:Extensions>{whole}</p:Extensions><p:Status>"))
    refuse(1, "response_in_keyinfo", "structure id", "the original response stands in the KeyInfo of the forged one's signature",
           behind(evil(blank, "_evil"), swapped(cover, "</d:Signature>", f"<d:KeyInfo>{blank}</d:KeyInfo></d:Signature>")))
    refuse(1, "response_signature_on_assertion", "reference", "the response's signature stands in a forged assertion",
           swapped(evil(blank), f"{ISSUER}</s:Issuer><s:Subject>", f"{ISSUER}</s:Issuer>{cover}<s:Subject>"))
    refuse(1, "signature_of_other_name", "unsigned structure",
           "the signature was given another name, and the assertion another subject",
           evil(good).replace("d:Signature>", "d:Signatures>").replace("<d:Signature ", "<d:Signatures "))


# ---- 3: what a parser could read otherwise ------------------------------------------------------

def parsers():
    good = by_assertion()
    declared = lambda rest: f"<?xml version={rest}?>\n{good}"
    mark = b"\xef\xbb\xbf"
    accept(3, "declared_1_0", "an XML declaration of the usual form", declared("'1.0' encoding='utf-8' standalone=\"yes\""))
    refuse(3, "xml_1_1", "encoding", "XML 1.1, which has other line ends", declared('"1.1"'))
    line = by_assertion(response(assertion(name_id="<s:NameID>ada\x85mill</s:NameID>")))
    accept(3, "next_line_in_1_0", "U+0085 is a letter like others in XML 1.0", line, name_id="ada\x85mill")
    refuse(3, "next_line_in_1_1", "encoding", "U+0085 would be a line end in XML 1.1", f'<?xml version="1.1"?>{line}')
    accept(3, "one_mark", "one byte order mark", mark + good.encode())
    refuse(3, "two_marks", "encoding", "two byte order marks", mark + mark + good.encode())
    refuse(3, "mark_behind_declaration", "malformed", "a byte order mark behind the XML declaration",
           b'<?xml version="1.0"?>' + mark + good.encode())
    for name, codec, front in (("le", "utf-16-le", b"\xff\xfe"), ("be_bare", "utf-16-be", b"")):
        refuse(3, "utf16_" + name, "encoding", f"{codec}, {'with' if front else 'without'} a byte order mark",
           front + good.encode(codec))
    refuse(3, "blank_before_declaration", "malformed", "white space in front of the XML declaration", " " + declared('"1.0"'))


# ---- 16 to 18: what counts as a signature -------------------------------------------------------

def verdicts():
    reference = lambda text: piece(text, "d:Reference")
    other = lambda text: reference(text).replace('URI="#_a"', 'URI="#_r"')
    refuse(16, "other_reference_first", "reference", "two references, the first to another element",
           by_assertion(form=Form(edit=lambda text: swapped(text, reference(text), other(text) + reference(text)))))
    refuse(16, "other_reference_last", "reference", "two references, the last to another element",
           by_assertion(form=Form(edit=lambda text: swapped(text, reference(text), reference(text) + other(text)))))
    refuse(16, "reference_in_front", "signature-form", "Reference stands in front of SignatureMethod",
           by_assertion(form=Form(edit=lambda text: (reference(text) + "<d:SignatureMethod").join(
               swapped(text, reference(text), "").split("<d:SignatureMethod")))))
    refuse(16, "reference_to_assertion_on_response", "reference", "the response's signature refers to its assertion",
           by_response(form=Form(uri="#_a")))
    accept(16, "reference_by_character_reference", "the reference is written with a character reference: an XML reader sees no difference",
           swapped(by_assertion(), 'URI="#_a"', 'URI="&#35;&#x5f;a"'))

    good = by_assertion()
    signature = piece(good, "d:Signature")
    value = lambda text: re.sub(r"(<d:SignatureValue>)[^<]*", lambda found: found[1] + text, good)
    refuse(17, "nothing_in_signature", "signature-form reference", "the Signature is empty",
           swapped(good, signature, f'<d:Signature xmlns:d="{D}"/>'))
    refuse(17, "value_of_zeros", "signature", "the signature is zero: r and s of ECDSA are", value(base64_of(bytes(64))))
    refuse(17, "value_rsa_of_ones", "signature", "an RSA signature is 1: what it says is 1 again",
           re.sub(r"(<d:SignatureValue>)[^<]*", lambda found: found[1] + base64_of(bytes(255) + b"\1"), by_assertion(key=RSA_KEY)))
    refuse(17, "value_of_other_message", "signature", "the signature is that of another message",
           value(re.search("<d:SignatureValue>([^<]*)", by_assertion(response(assertion(session_name="eve"))))[1]))
    refuse(17, "changed_after_signing", "digest", "another role is there since it was signed", evil(good))
    refuse(17, "no_key_trusted", "key", "the metadata has a key, and not for signing", good, keys="for_encryption.xml")
    accept(17, "stranger_trusted", "the same stranger where he is trusted", by_assertion(key=STRANGER), keys="stranger.xml")

    unsigned = response().encode()
    query = lambda **fields: urllib.parse.urlencode(fields)
    method = MORE + "ecdsa-sha256"
    simple = lambda octets: base64_of(raw_signature(KEY, octets))
    form = ["--form", "form"]
    accept(18, "post", "the form of HTTP-POST", query(RelayState="x", SAMLResponse=base64_of(good.encode())), args=form)
    refuse(18, "simple_sign", "unsigned", "HTTP-POST-SimpleSign, which signs the fields of the form and not the XML",
           query(SAMLResponse=base64_of(unsigned), SigAlg=method,
                 Signature=simple(b"SAMLResponse=" + unsigned + b"&SigAlg=" + method.encode())), args=form)
    refuse(18, "two_fields", "size", "two responses in one form: which one counts would be a guess",
           query(SAMLResponse=base64_of(good.encode())) + "&" + query(SAMLResponse=base64_of(unsigned)), args=form)
