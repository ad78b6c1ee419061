// Every limit on what comes from outside, with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace awsfed {

inline constexpr std::size_t arn_chars_max = 2048;            // IAM and STS: arnType
inline constexpr std::size_t setting_bytes_max = 64 * 1024;   // no setting is longer than a policy or a list
inline constexpr std::size_t secret_bytes_max = 256 * 1024;   // an assertion is the longest secret
inline constexpr std::size_t config_bytes_max = 1024 * 1024;  // a config file is written by people
inline constexpr std::size_t connector_id_chars_max = 256;   // a UUID has 36
inline constexpr std::size_t principal_bytes_max =
    1024; // of a user's or group's name; a long name in a directory has some hundred
inline constexpr std::size_t audit_text_chars_max = 2048; // of one text in a line of the audit: an ARN
inline constexpr std::size_t page_bytes_max = 2 * 1024 * 1024;     // a sign-in page, with inlined pictures
// Of all pages of one sign-in: who waits for a telephone gets the same one again and again.
inline constexpr std::size_t sign_in_bytes_max = 32 << 20;
inline constexpr std::size_t sts_answer_bytes_max = 1024 * 1024;   // an STS answer has some kilobytes
inline constexpr std::size_t sts_members_max = 1000;     // of an STS answer; the largest has some twenty
inline constexpr std::size_t sts_path_chars_max = 256; // of the path to one, which each member below repeats
inline constexpr std::size_t json_path_chars_max = 256; // the same in an error body
inline constexpr std::size_t header_bytes_max = 128 * 1024;        // of one answer, all headers together
inline constexpr std::size_t idle_handles_max = 8; // of libcurl, that a Context keeps; as many threads at once find
       // their connections open. Each has its authorities
inline constexpr std::chrono::seconds idle_handle_age_max{60}; // who calls again later does not miss 20 ms
inline constexpr long kept_connections_max = 4; // of one such handle: a provider, its neighbour, its metadata and STS
inline constexpr std::chrono::seconds kept_connection_idle_max{20}; // servers hang up after 60 s and more, as a rule
inline constexpr std::chrono::seconds kept_connection_age_max{300}; // then names and certificates are looked at anew
inline constexpr std::size_t saml_base64_chars_max = 100'000;      // STS: SAMLAssertion
inline constexpr std::size_t policy_chars_max = 2048;              // STS: Policy, inline
inline constexpr std::size_t policy_arns_max = 10;                 // STS: PolicyArns
inline constexpr std::size_t policy_bytes_max =
    1024 * 1024; // of a document that is judged here; IAM stores at most 10,240
inline constexpr int redirects_max = 10;         // in a row; AD FS and its proxies need four
inline constexpr int xml_depth_max = 64;         // deeper than any SAML response or STS answer
inline constexpr std::size_t xml_namespace_bytes_max = 256;    // of one URI; those of SAML have up to 60
inline constexpr std::size_t canonical_bytes_max = 400'000; // a canonical form repeats namespaces; four times a message
inline constexpr std::size_t xml_declarations_max = 1500; // of namespaces, in a message; 300 typed roles make some 600
inline constexpr int xml_elements_max = 5000; // of a SAML response; 300 roles make some 320
inline constexpr int xml_attributes_max = 32; // of one element of a SAML response; quadratic in libxml2
inline constexpr int xml_attributes_in_all_max = 10'000; // of a SAML response; 300 roles make some 700
inline constexpr std::size_t xml_text_bytes_max = 64 * 1024; // of one text in a SAML response; a role has some hundred
inline constexpr int xml_prefixes_max = 64; // in scope of one element; a whole response may declare more
inline constexpr std::size_t metadata_bytes_max = 10'000'000; // IAM takes providers of at most so many characters
inline constexpr std::size_t metadata_marks_max =
    400'000; // of metadata: '<' or quotes; 10 MB of a federation have some 200,000
inline constexpr int metadata_groups_max = 16; // EntitiesDescriptors within each other; federations nest two
inline constexpr std::size_t metadata_providers_max = 2000; // of one file; a company has one, a federation some hundred
inline constexpr std::size_t metadata_certificates_max = 5000; // of one file, all providers together
inline constexpr std::size_t certificate_bytes_max = 64 * 1024; // DER; with RSA of 16,384 bits it has some 5,000
inline constexpr std::size_t certificates_pem_bytes_max = 1024 * 1024; // a PEM file of a provider's certificates
inline constexpr std::size_t saml_keys_tried_max = 8; // of one provider, for one signature; Entra has four
inline constexpr std::size_t saml_id_chars_max = 256; // providers write 33 to 70
inline constexpr int json_depth_max = 64; // deeper than any policy or error body
inline constexpr std::size_t build_data_places_max = 32; // {NAME} in one text: each may be as long as a setting
inline constexpr int form_fields_max = 256; // of one page
inline constexpr std::size_t page_marks_max =
    4000; // elements of one page by which it is told; sign-in pages have some hundred
inline constexpr std::size_t page_text_bytes_max =
    256 * 1024; // of a page's visible text; error pages have some hundred
inline constexpr std::size_t adfs_password_chars_max = 128; // AD FS refuses longer ones (its page's maxPasswordLength)
inline constexpr std::size_t html_attributes_max = 1000; // of one tag; libxml2 takes quadratic time over them
inline constexpr std::chrono::seconds store_timeout_max{5}; // for a question to a Redis, whatever timeout says: who
                                                            // waits longer for what is kept had better get it anew
inline constexpr int command_timeout_ms = 30'000; // a command that prints a secret

} // namespace awsfed
