"""Sizes, times, types and values, and what libxml2 could do: rows 24, 25, 30 and 32 to 35."""
import re

from cases import accept, by_assertion, piece, refuse, swapped
from message import AWS, LONG_URI, PROVIDER, ROLE, SIGNIN, SUBJECT, XSI, assertion, attribute, evil, response


# ---- 24 and 25: little that becomes much --------------------------------------------------------

def with_value(inside):
    """An assertion with an attribute that is none of AWS's."""
    return assertion(attributes=attribute("x", f"<s:AttributeValue>{inside}</s:AttributeValue>", prefix="urn:x:"))


def limits():
    many = lambda count: by_assertion(response(with_value("<q:e/>" * count), declared=f' xmlns:q="{LONG_URI}"'))
    accept(24, "canonical_longer_than_a_message", "the canonical form has 105,000 bytes, more than a message may have", many(390))
    refuse(24, "canonical_too_long", "limits", "the canonical form has 405,000 bytes, rightly signed", many(1450))
    declared = lambda count: "".join(f' xmlns:n{i}="urn:{i}"' for i in range(count))
    inside = lambda count: response(with_value(f"<e{declared(count)}/>"))
    accept(25, "64_prefixes", "64 prefixes are in scope of one element", by_assertion(inside(62)))
    refuse(25, "65_prefixes", "limits", "65 prefixes are in scope of one element", by_assertion(inside(63)))


# ---- 30: times ----------------------------------------------------------------------------------

def times():
    ends = lambda end, **more: by_assertion(response(assertion(end=end, confirmed=end, **more)))
    begins = lambda begin: by_assertion(response(assertion(begin=begin)))
    accept(30, "begin_1970", "valid since the first second of 1970", begins("1970-01-01T00:00:00Z"))
    refuse(30, "begin_1969", "time-format", "valid since the last second of 1969", begins("1969-12-31T23:59:59Z"))
    refuse(30, "begin_0001", "time-format", "valid since the year 1, .NET's least time", begins("0001-01-01T00:00:00Z"))
    refuse(30, "end_1969", "time-format", "valid until 1969", ends("1969-07-20T20:17:40Z"))
    accept(30, "end_9999", "valid until the last second of the year 9999",
           ends("9999-12-31T23:59:59Z"), not_on_or_after="9999-12-31T23:59:59Z")
    for name, text in (("end_10000", "10000-01-01T00:00:00Z"), ("end_negative", "-2028-02-29T12:05:00Z"),
                       ("end_24", "2028-02-29T24:00:00Z"),
                       ("end_leap_second", "2028-12-31T23:59:60Z"), ("end_offset_0", "2028-02-29T12:05:00+00:00"),
                       ("end_fraction_10", "2028-02-29T12:05:00.1234567890Z"), ("end_other_digits", "2028-02-29T12:0\uff15:00Z")):
        refuse(30, name, "time-format", f'valid until "{text}"', ends(text))
    accept(30, "end_fraction_9", "nine digits behind the second",
           ends("2028-02-29T12:05:00.123456789Z"), not_on_or_after="2028-02-29T12:05:00.123456789Z")
    good = by_assertion(response(assertion(begin="2028-02-29T11:55:00Z")))
    at = lambda clock, skew="0": {"at": f"2028-02-29T{clock}Z", "args": ["--skew", skew]}
    accept(30, "first_second_of_skew", "300 seconds before, with a skew of 300", good, **at("11:50:00", "300"))
    refuse(30, "before_first_second_of_skew", "not-yet-valid", "301 seconds before, with a skew of 300",
           good, **at("11:49:59", "300"))
    accept(30, "last_second_of_skew", "299 seconds behind the end, with a skew of 300", good, **at("12:09:59", "300"))
    refuse(30, "end_of_skew", "expired", "300 seconds behind the end, with a skew of 300", good, **at("12:10:00", "300"))
    session = ends("2028-02-29T13:00:00Z", session_end="2028-02-29T12:01:00Z")
    accept(30, "session_last_second_of_skew", "the session's end has the skew too", session, **at("12:01:59", "60"),
           not_on_or_after="2028-02-29T13:00:00Z", session_not_on_or_after="2028-02-29T12:01:00Z")
    refuse(30, "session_end_of_skew", "expired", "a second later", session, **at("12:02:00", "60"))
    accept(30, "ends_before_it_begins_within_skew", "it ends before it begins: with the skew there is a time for it",
           by_assertion(response(assertion(begin="2028-02-29T12:05:00Z", end="2028-02-29T11:58:00Z", confirmed="2028-02-29T11:58:00Z"))),
           **at("12:00:00", "300"), not_on_or_after="2028-02-29T11:58:00Z")


# ---- 32: one thing taken for another ------------------------------------------------------------

def types():
    made = lambda **more: by_assertion(response(assertion(**more)))
    kind = lambda name: f'{XSI} xsi:type="s:{name}"'
    restriction = "<s:AudienceRestriction><s:Audience>urn:amazon:webservices</s:Audience></s:AudienceRestriction>"
    changed = lambda old, new, **more: by_assertion(response(swapped(assertion(**more), old, new)))
    name_id = f"<s:NameID>{SUBJECT}</s:NameID>"
    refuse(32, "condition_by_type", "conditions", "a Condition that says by xsi:type that it restricts the audience",
           changed(restriction, restriction.replace("<s:AudienceRestriction", f"<s:Condition{kind('AudienceRestrictionType')}")
                   .replace("</s:AudienceRestriction", "</s:Condition")))
    refuse(32, "condition_unknown", "conditions", "a condition of a foreign namespace", made(conditions='<c xmlns="urn:c"/>'))
    accept(32, "conditions_known", "OneTimeUse and ProxyRestriction, which are understood",
           made(conditions='<s:OneTimeUse/><s:ProxyRestriction Count="0"/>'))
    refuse(32, "base_id_by_type", "subject", "a BaseID that says by xsi:type that it is a NameID",
           made(name_id=f"<s:BaseID{kind('NameIDType')}>{SUBJECT}</s:BaseID>"))
    refuse(32, "two_name_ids", "subject", "two NameIDs", made(name_id=name_id + name_id.replace("ada", "root")))
    accept(32, "name_id_in_confirmation_too", "another NameID stands in the SubjectConfirmation, and is not the subject",
           changed("<s:SubjectConfirmationData", name_id.replace("ada", "root") + "<s:SubjectConfirmationData"))
    refuse(32, "statement_by_type", "authn", "a Statement that says by xsi:type that it is an AuthnStatement",
           changed("<s:AuthnStatement", f"<s:Statement{kind('AuthnStatementType')}"))
    refuse(32, "attribute_outside_statement", "role", "the attributes stand in no AttributeStatement",
           by_assertion(response(re.sub("</?s:AttributeStatement>", "", assertion()))))
    refuse(32, "attribute_encrypted", "role", "the role is an EncryptedAttribute",
           by_assertion(response(re.sub(r"<s:Attribute( .*?/Role\".*?</s:)Attribute>", r"<s:EncryptedAttribute\1EncryptedAttribute>",
                                        assertion()))))
    accept(32, "attribute_in_advice_too", "another role stands in the Advice, and does not count",
           made(more="<s:Advice>" + evil(piece(assertion(), "s:AttributeStatement")) + "</s:Advice>"))
    accept(32, "attribute_by_friendly_name", "another attribute has the role's name as its FriendlyName only",
           made(attributes=attribute("x", ROLE, prefix="urn:x:").replace("<s:Attribute ", f'<s:Attribute FriendlyName="{AWS}Role" ')))
    refuse(32, "assertion_of_protocol", "structure", "the assertion is of the protocol's namespace",
           response(re.sub(r"(</?)s:Assertion\b", r"\1p:Assertion", assertion())))
    refuse(32, "assertion_by_type", "structure", "something says by xsi:type that it is an assertion",
           response(re.sub(r"(</?)s:Assertion\b", r"\1s:Statement", assertion(declared=kind("AssertionType")))))
    refuse(32, "status_code_of_assertion", "status", "the StatusCode is of the assertion's namespace",
           by_assertion().replace("p:StatusCode", "s:StatusCode"))
    refuse(32, "version_of_other_namespace", "version", "the Version of the assertion is of a namespace",
           by_assertion(response(assertion().replace(" Version", " s:Version"))))
    refuse(32, "recipient_of_other_namespace", "recipient", "the Recipient is of a namespace",
           changed(" Recipient", " s:Recipient"))


# ---- 33 and 34: what a value could do to its readers --------------------------------------------

def values():
    named = lambda text, **more: by_assertion(response(assertion(name_id=f"<s:NameID>{text}</s:NameID>")))
    accept(33, "line_ends_in_name", "a subject with line ends, a tab and a C1 control: a value like others",
           named("ada&#10;&#13;&#9;\x9b31m"),
           name_id="ada\n\r\t\x9b31m")
    refuse(33, "escape_in_name", "malformed", "a subject with an escape character, which XML does not have",
           named("ada&#10;").replace("ada&#10;", "ada&#27;[2J"))
    refuse(33, "line_end_in_session_name_reference", "session-name", "the same as a reference to CR",
           by_assertion(response(assertion(session_name="ada&#13;"))))
    refuse(33, "line_end_in_role", "role", "a line end and more behind the role's name",
           by_assertion(response(assertion(role=f"{ROLE}\nx,{PROVIDER}"))))
    refuse(33, "line_end_in_destination", "destination", "a destination that says more on another line",
           swapped(by_assertion(), "<p:Response", f'<p:Response Destination="{SIGNIN}&#10;accepted: yes"'))
    refuse(33, "line_end_in_prefix", "c14n malformed", "a relative namespace that says more on another line",
           swapped(by_assertion(), "<p:Response", '<p:Response xmlns:q="a&#10;accepted"'))
    refuse(33, "number_too_long", "session-duration", "a duration that wraps around to 3600",
           by_assertion(response(assertion(attributes=attribute("SessionDuration", "4294970896")))))
    markup = "&lt;/s:NameID>&lt;s:NameID>root"
    plain = "</s:NameID><s:NameID>root"
    accept(34, "markup_in_name", "a subject that looks like markup", named("ada" + markup), name_id="ada" + plain)
    accept(34, "markup_in_cdata", "the same in CDATA", named(f"ada<![CDATA[{plain}]]>"), name_id="ada" + plain)
    refuse(34, "doctype_in_cdata", "doctype", "the same in CDATA is refused before anybody knows that it is text",
           named("<![CDATA[<!DOCTYPE x>]]>"))
    refuse(34, "markup_made_real", "subject digest markup", "what looks like markup became some after signing",
           swapped(named("ada" + markup), markup, plain))
    refuse(34, "markup_in_role", "role", "a role that looks like two values",
           by_assertion(response(assertion(role=f"{ROLE},{PROVIDER}&lt;/s:AttributeValue>&lt;s:AttributeValue>{ROLE},{PROVIDER}"))))


# ---- 35: what libxml2 can do, and should not ----------------------------------------------------

def parts_of_libxml2():
    good = by_assertion()
    refuse(35, "catalog_instruction", "markup", "a processing instruction names a catalog",
           '<?oasis-xml-catalog catalog="file:///tmp/catalog.xml"?>\n' + good)
    refuse(35, "catalog_instruction_inside", "markup", "a catalog's instruction inside the assertion",
           swapped(good, "<s:Subject>", "<s:Subject><?oasis-xml-catalog catalog='file:///tmp/catalog.xml'?>"))
    included = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    accept(35, "inclusion_in_value", "an XInclude in the value of another attribute, rightly signed and not carried out",
           by_assertion(response(with_value(included))))
    refuse(35, "inclusion_in_role", "markup role", "an XInclude in the place of a role",
           by_assertion(response(assertion(attributes=attribute("SourceIdentity", f"<s:AttributeValue>{included}</s:AttributeValue>")))))
