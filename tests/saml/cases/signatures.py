"""The form of a signature, and the namespaces of what it covers: rows 12 and 14."""
import re

from cases import RSA_KEY, STRANGER, accept, by_assertion, by_response, piece, refuse, swapped
from message import A, D, EXCLUSIVE, ISSUER, LONG_URI, XML, XS, XSI, Form, assertion, attribute, inclusive, response


# ---- 12: a signature is of one form -------------------------------------------------------------

def formed(old, new):
    """A signature in which that was changed before it was made."""
    return Form(edit=lambda text: swapped(text, old, new), element_list="", info_list="")


def forms():
    starts = {"Signature": "<d:Signature ", "SignedInfo": "<d:SignedInfo>", "CanonicalizationMethod": "<d:CanonicalizationMethod ",
              "SignatureMethod": "<d:SignatureMethod ", "Reference": "<d:Reference ", "Transforms": "<d:Transforms>",
              "first Transform": "<d:Transform ", "second Transform": f'<d:Transform Algorithm="{EXCLUSIVE}"',
              "InclusiveNamespaces": "<x:InclusiveNamespaces ", "DigestMethod": "<d:DigestMethod ", "DigestValue": "<d:DigestValue>",
              "SignatureValue": "<d:SignatureValue>"}
    with_ids = ("Signature", "SignedInfo", "Reference", "SignatureValue")
    for name, start in starts.items():
        space = lambda what: swapped(start, re.match(r"<[\w:]+", start)[0], re.match(r"<[\w:]+", start)[0] + what)
        file = name.lower().replace(" ", "_")
        refuse(12, f"attribute_of_{file}", "signature-form", f"{name} has a foreign attribute, rightly signed",
               by_assertion(form=formed(start, space(' foreign="1"'))))
    every = lambda text: re.sub(rf"<d:({'|'.join(with_ids)})\b", lambda found: f'{found[0]} Id="_{found[1]}"', text)
    accept(12, "ids_in_signature", "Signature, SignedInfo, Reference and SignatureValue have an Id, as they may",
           by_assertion(form=Form(edit=every)))
    refuse(12, "namespaced_attribute", "signature-form", "SignedInfo has an attribute of a foreign namespace",
           by_assertion(form=formed("<d:SignedInfo>", '<d:SignedInfo xmlns:f="urn:f" f:Algorithm="1">')))
    refuse(12, "namespaced_id", "id", "Signature has an Id of a foreign namespace",
           by_assertion(form=formed("<d:Signature ", '<d:Signature xmlns:f="urn:f" f:Id="_i" ')))
    refuse(12, "reference_type", "signature-form", "Reference has a Type",
           by_assertion(form=formed("<d:Reference ", f'<d:Reference Type="{D}Object" ')))

    def with_child(name, inside, count=1):
        pattern = re.compile(rf"<d:{name}( [^>]*?)?(/>|>)")
        def change(found):
            return f"<d:{name}{found[1] or ''}>{inside}" + (f"</d:{name}>" if found[2] == "/>" else "")
        return Form(edit=lambda text: pattern.sub(change, text, count=count))
    for name, inside, reasons, idea in (
            ("DigestMethod", '<f xmlns="urn:f"/>', "signature-form", "DigestMethod has a child, rightly signed"),
            ("SignatureMethod", "<d:HMACOutputLength>8</d:HMACOutputLength>", "signature-form", "SignatureMethod has an output length"),
            ("CanonicalizationMethod", '<f xmlns="urn:f"/>', "signature-form", "CanonicalizationMethod has a foreign child"),
            ("DigestValue", '<f xmlns="urn:f"/>', "markup signature-form", "DigestValue has a child"),
            ("SignatureValue", '<f xmlns="urn:f"/>', "markup signature-form", "SignatureValue has a child"),
            ("Transform", '<f xmlns="urn:f"/>', "transform signature-form", "the transform enveloped-signature has a child"),
            ("Transform", inclusive("p"), "transform signature-form", "the transform enveloped-signature has a PrefixList"),
            ("Reference", '<f xmlns="urn:f"/>', "signature-form transform", "Reference has a foreign child"),
            ("SignedInfo", '<f xmlns="urn:f"/>', "signature-form", "SignedInfo has a foreign child"),
            ("Signature", '<f xmlns="urn:f"/>', "signature-form", "Signature has a foreign child"),
            ("SignedInfo", "text", "signature-form", "SignedInfo holds text")):
        what = "text" if inside == "text" else "prefix_list" if "PrefixList" in inside else "child"
        refuse(12, f"{what}_of_{name.lower()}", reasons, idea, by_assertion(form=with_child(name, inside)))
    refuse(12, "inclusive_namespaces_child", "signature-form", "InclusiveNamespaces has a child",
           by_assertion(form=formed('PrefixList=""/></d:Transform>', 'PrefixList=""><f/></x:InclusiveNamespaces></d:Transform>')))

    good = by_assertion()
    value = piece(good, "d:SignatureValue")
    refuse(12, "two_signature_values", "signature-form", "there are two SignatureValues", swapped(good, value, value + value))
    refuse(12, "two_digest_values", "signature-form", "there are two DigestValues",
           by_assertion(form=Form(edit=lambda text: swapped(text, piece(text, "d:DigestValue"), 2 * piece(text, "d:DigestValue")))))
    between = lambda text: re.sub(r"(<d:(?!SignatureValue|DigestValue)[^>]*>)", r"\1" + "\n  ", text)
    accept(12, "white_space_between", "white space stands between the elements of the signature",
           by_assertion(form=Form(edit=between)))
    accept(12, "value_in_cdata", "SignatureValue is cut by CDATA; the text is the same",
           re.sub(r"(<d:SignatureValue>)(.{9})(.{9})", r"\1\2<![CDATA[\3]]>", good))
    accept(12, "foreign_in_keyinfo", "KeyInfo holds whatever it likes: it is not looked at",
           swapped(good, value, value + '<d:KeyInfo Id="_k" f="1"><d:RetrievalMethod URI="file:///etc/passwd"/><f xmlns="urn:f"/>'
                                        "</d:KeyInfo>"))
    accept(12, "rsa", "an RSA signature of the same form", by_assertion(key=RSA_KEY))
    accept(12, "both_signed", "two keys sign, the response the one and the assertion the other",
           by_response(by_assertion(key=RSA_KEY)))
    refuse(12, "both_signed_inner_by_stranger", "signature",
           "the response is signed, and around an assertion that a stranger signed",
           by_response(by_assertion(key=STRANGER)))
    refuse(12, "both_signed_outer_by_stranger", "signature", "the assertion is signed, and a stranger signed the response",
           by_response(by_assertion(), key=STRANGER))


# ---- 14: namespaces, and prefixes in a canonical form -------------------------------------------

def lists():
    outer = ' xmlns="urn:outer" xmlns:q="urn:q"'
    good = response(declared=outer)
    for place, where, fault, as_if in (("element", "Transform", "digest", "as_if"),
                                       ("info", "CanonicalizationMethod", "signature", "info_as_if")):
        listed = lambda prefixes, **more: by_assertion(good, Form(**{place + "_list": prefixes}, **more))
        accept(14, f"{place}_default_listed", f"{where} lists #default, which the response declares", listed("#default"))
        refuse(14, f"{place}_default_changed", fault, f"{where} lists #default, and that was changed after signing",
               swapped(listed("#default"), "urn:outer", "urn:other"))
        accept(14, f"{place}_listed_unused", f"{where} lists a prefix that nothing uses, so it is written", listed("q"))
        refuse(14, f"{place}_listed_not_written", fault, f"{where} lists a prefix, and the signer has left it out",
           listed("q", **{as_if: ""}))
        accept(14, f"{place}_listed_twice_or_unknown", f"{where} lists prefixes twice, xml, and one that nothing declares",
               listed("q q nothing p xml q p #default #default"))
        refuse(14, f"{place}_unknown_declared", fault, f"{where} lists a prefix that was declared after signing",
               swapped(listed("nothing"), outer, outer + ' xmlns:nothing="urn:n"'))
        accept(14, f"{place}_list_with_comma", f"the PrefixList of {where} has a comma: that is one word, and no prefix",
           listed("q,p"))
    element = lambda prefixes, **more: by_assertion(good, Form(element_list=prefixes, **more))
    accept(14, "xml_listed", "Transform lists xml, which is never written, and xml:lang stands around",
           by_assertion(response(declared=' xml:lang="de"'), Form(element_list="xml")))
    refuse(14, "listed_changed", "digest", "Transform lists a prefix that was bound otherwise after signing",
           swapped(element("q"), '"urn:q"', '"urn:Q"'))
    accept(14, "not_listed_changed", "a prefix that Transform does not list is not signed, and nobody uses it",
           swapped(element("p"), '"urn:q"', '"urn:Q"'))
    accept(14, "list_of_blanks", "a PrefixList has tabs and line ends in it", element("\tq\n&#10; &#13;&#9;p "))
    refuse(14, "list_with_comma_as_two", "digest", "the signer took a comma in a PrefixList for white space",
           element("q,p", as_if="q p"))
    accept(14, "list_of_16", "Transform lists sixteen prefixes", element(" ".join(f"n{i}" for i in range(15)) + " q"))
    refuse(14, "list_of_17", "signature-form", "Transform lists seventeen prefixes",
           element(" ".join(f"n{i}" for i in range(16)) + " q"))
    no_list = lambda text: text.replace(' PrefixList=""', "")
    accept(14, "no_prefix_list", "InclusiveNamespaces has no PrefixList",
           by_assertion(form=Form(element_list="", info_list="", edit=no_list)))
    accept(14, "response_lists", "the response's signature lists prefixes too",
           by_response(good, Form(element_list="#default q xml none", info_list="s #default")))
    accept(14, "both_list", "two signatures list other prefixes",
           by_response(by_assertion(good, Form(element_list="q p")), Form(info_list="#default")))


def scopes():
    typed = assertion().replace("<s:AttributeValue>", '<s:AttributeValue xsi:type="xs:string">')
    inherited = lambda form=None: by_assertion(response(typed, declared=XS + XSI), form)
    accept(14, "inherited_prefix", "the assertion uses xsi, and names xs in a value; the response declares both", inherited())
    accept(14, "inherited_prefix_listed", "the same with xs listed, as many providers do", inherited(Form(element_list="xs")))
    refuse(14, "inherited_prefix_changed", "digest", "xsi was bound otherwise after signing",
           swapped(inherited(), "XMLSchema-instance", "XMLSchema-Instance"))
    accept(14, "inherited_prefix_in_value_changed", "xs was bound otherwise after signing; only a value names it, and nobody reads that",
           swapped(inherited(), 'XMLSchema"', 'XMLSchema2"'))
    refuse(14, "inherited_prefix_undeclared", "malformed", "the declaration of xsi was removed after signing",
           swapped(inherited(), XSI, ""))

    extra = lambda inside, declared="", form=None, name="extra": by_assertion(
        response(assertion(attributes=attribute(name, f"<s:AttributeValue>{inside}</s:AttributeValue>", prefix="urn:x:")), declared), form)
    outer = ' xmlns="urn:outer"'
    accept(14, "default_undeclared", "an element undeclares the default namespace, where there is one",
           extra('<e><f xmlns="">t</f></e>', outer))
    refuse(14, "default_declared_again", "digest", "an element lost its undeclaration after signing",
           swapped(extra('<e><f xmlns="">t</f></e>', outer), '<f xmlns="">', "<f>"))
    refuse(14, "default_declared_outside", "digest", "a default namespace was declared around signed elements that have none",
           swapped(extra("<e><f>t</f></e>"), "<p:Response", '<p:Response xmlns="urn:new"'))
    accept(14, "default_declared_outside_undeclared", "a default namespace was declared around elements that undeclare it: not signed",
           swapped(extra('<e xmlns="">t</e>'), "<p:Response", '<p:Response xmlns="urn:new"'))
    accept(14, "prefix_redefined", "an element binds s otherwise, and one in it binds it back",
           extra(f'<s:e xmlns:s="urn:s"><s:f/><s:g xmlns:s="{A}" s:h="1"/></s:e>'))
    refuse(14, "prefix_redefined_otherwise", "digest", "what an element binds s to was changed after signing",
           swapped(extra('<s:e xmlns:s="urn:s"/>'), '"urn:s"', '"urn:t"'))
    accept(14, "prefix_redefined_the_same", "an element binds s again to what it is bound to: no canonical form has that twice",
           extra(f'<s:e xmlns:s="{A}"><s:f xmlns:s="{A}"/></s:e>', name="s"))
    accept(14, "declared_after_signing", "declarations that nothing uses came after signing, in the signed element too",
           swapped(swapped(by_assertion(), "<s:Assertion", '<s:Assertion xmlns:y="urn:y" xmlns="urn:z"'), "<s:Subject",
                   '<s:Subject xmlns:y="urn:w"'))
    refuse(14, "other_prefix", "digest", "the assertion has another prefix since it was signed",
           swapped(re.sub(r"(</?)s:(?=Subject\b)", r"\1t:", by_assertion()), "<t:Subject", f'<t:Subject xmlns:t="{A}"'))
    accept(14, "two_prefixes_of_one_namespace", "two prefixes stand for one namespace, and an attribute has the second",
           extra('<a:e xmlns:b="urn:ab" xmlns:a="urn:ab" b:y="2" a:x="1"/>'))
    accept(14, "order_of_attributes", "attributes are ordered by the URI of their namespace, and not by their prefix",
           extra('<e xmlns:a="urn:2" xmlns:b="urn:1" a:x="a2" b:x="b1" z="" a:b="" b:a="" y=""/>'))
    accept(14, "letters_in_namespace", "a namespace has letters that could be escaped, and need not",
           extra("<e xmlns=\"urn:a?b='&#x44;'%20;/\"/>"))
    refuse(14, "ampersand_in_namespace", "c14n", "a namespace has an ampersand, for which libxml2 has no canonical form; rightly signed",
           extra('<e xmlns="urn:a?b=1&amp;c=2"/>'))
    refuse(14, "quote_in_namespace", "malformed c14n", "a namespace is no URI, and would end its own quotes",
           extra("<e xmlns='urn:a\" b=\"&lt;>'/>"))
    accept(14, "letters_in_values", "references to white space in an attribute value stay references",
           extra("<e xmlns='urn:e' a='&#9;&#10;&#13;&quot;&apos;&lt;&gt;&amp;  x'>&#13;&#9;&gt;\"'&#x1F600;</e>"))
    accept(14, "xml_attributes", "xml:lang and xml:space are signed where they stand, and not inherited",
           swapped(extra('<e xmlns="urn:e" xml:lang="de" xml:space="preserve"> </e>'), "<p:Response", '<p:Response xml:lang="fr"'))
    inherits = by_assertion(response(assertion(declared=' xml:lang="fr"'), declared=' xml:lang="fr"'))
    refuse(14, "xml_attributes_inherited", "digest", "the signer has inherited xml:lang, as another canonical form has it",
           swapped(inherits, 'xml:lang="fr"><s:Issuer>' + ISSUER + "</s:Issuer><d:", "><s:Issuer>" + ISSUER + "</s:Issuer><d:"))
    accept(14, "xml_prefix_declared", "the prefix xml is declared, as it may be: it is not written",
           extra("<e/>", f' xmlns:xml="{XML}"'))
    good = by_assertion()
    for name, declaration in (("xml_prefix_redefined", 'xmlns:xml="urn:x"'), ("prefix_undeclared", 'xmlns:q=""')):
        refuse(14, name, "malformed", f"a start tag has {declaration}, which no namespace allows",
               swapped(good, "<p:Response", f"<p:Response {declaration}"))
    accept(14, "namespace_of_256_bytes", "a namespace is as long as one may be", extra(f'<e xmlns="{LONG_URI}"/>'))
    refuse(14, "namespace_of_257_bytes", "limits", "a namespace is a byte longer", extra(f'<e xmlns="{LONG_URI}n"/>'))
