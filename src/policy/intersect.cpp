#include "policy/intersect.h"

#include "policy/boxes.h"
#include "policy/document_tidy.h"

namespace awsfed::policy {

namespace {

constexpr std::size_t cuts_tried_max = 64;

class Intersecting {
public:
    Intersecting(const Layered& role, const Layered& session, const CompareOptions& options)
        : pair_{role, session}, options_(options), budget_(options.steps) {}

    Intersection intersect();

private:
    // What the pair allows is allowed by the document; and the other way round.
    Within at_least(const Document& document);
    Within at_most(const Document& document);
    EffectiveDocument labelled(Document document);
    EffectiveDocument without_cuts(const Boxes& boxes);

    Layered pair_[2];
    const CompareOptions& options_;
    Budget budget_;
};

Document with(const Document& document, const std::vector<Statement>& more) {
    Document whole = document;
    whole.statements.insert(whole.statements.end(), more.begin(), more.end());
    return whole;
}

Within Intersecting::at_least(const Document& document) {
    const Layered layer{&document};
    return within(pair_, {&layer, 1}, options_, budget_);
}

Within Intersecting::at_most(const Document& document) {
    const Layered layer{&document};
    return within({&layer, 1}, pair_, options_, budget_);
}

EffectiveDocument Intersecting::labelled(Document document) {
    EffectiveDocument effective;
    Budget share(budget_.left() / 4); // the proof matters more
    const std::uint64_t before = share.left();
    tidy(document, share);
    budget_.spend(before - share.left());
    Within least = at_least(document);
    Within most = at_most(document);
    effective.document = std::move(document);
    if (least.holds() && most.holds()) {
        effective.label = EffectiveDocument::exact;
        return effective;
    }
    if (least.holds() || most.holds())
        effective.label = least.holds() ? EffectiveDocument::upper : EffectiveDocument::lower;
    Within& differs = least.holds() ? most : least;
    effective.witness = std::move(differs.witness);
    effective.why = differs.answer == Within::no ? "one document cannot say exactly what the two do" : differs.why;
    return effective;
}

// All boxes, with those cuts that take nothing away which the pair allows.
EffectiveDocument Intersecting::without_cuts(const Boxes& boxes) {
    Document document = boxes.document;
    for (std::size_t i = 0; i < std::min(boxes.cuts.size(), cuts_tried_max); ++i) {
        document.statements.push_back(boxes.cuts[i]);
        if (!at_least(document).holds())
            document.statements.pop_back();
    }
    return labelled(std::move(document));
}

Intersection Intersecting::intersect() {
    Intersection found;
    const Boxes upper = boxes_of(pair_[0], pair_[1], Bound::upper, budget_);
    if (!upper.too_complex.empty()) {
        found.document.why = upper.too_complex;
        return found;
    }
    const Boxes lower = upper.exact ? upper : boxes_of(pair_[0], pair_[1], Bound::lower, budget_);
    EffectiveDocument narrow = labelled(with(lower.document, lower.cuts));
    if (narrow.label == EffectiveDocument::exact || (upper.exact && upper.cuts.empty())) {
        found.document = std::move(narrow);
        return found;
    }
    found.document = without_cuts(upper);
    if (found.document.label != EffectiveDocument::exact)
        found.lower = std::move(narrow);
    return found;
}

} // namespace

std::string_view name_of(EffectiveDocument::Label label) {
    switch (label) {
    case EffectiveDocument::exact: return "exact";
    case EffectiveDocument::upper: return "upper";
    case EffectiveDocument::lower: return "lower";
    default: return "unproved";
    }
}

Intersection intersect(const Layered& role, const Layered& session, const CompareOptions& options) {
    return Intersecting(role, session, options).intersect();
}

} // namespace awsfed::policy
