// Package client is a helper of a connector that knows nothing of base.
package client

import (
	"context"
	"net/http"
)

func Post(url string) error { // want Post:`makes a request by http.NewRequest`
	request, err := http.NewRequest(http.MethodPost, url, nil)
	if err != nil {
		return err
	}
	_, err = http.DefaultClient.Do(request)
	return err
}

func Put(ctx context.Context, url string) error { // want Put:`takes context.Background\(\)`
	return put(context.Background(), url)
}

func put(ctx context.Context, url string) error { return ctx.Err() }

func Get(ctx context.Context, url string) error { return put(ctx, url) }
