"""The four questions of the scheme, and impact: 来源、去向、行为、责任、影响, each answered with what it rests on."""
